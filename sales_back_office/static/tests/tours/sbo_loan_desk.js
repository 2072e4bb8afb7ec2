import { registry } from "@web/core/registry";

const scan = (code) => [
    {
        content: `scan ${code}, as a scanner does: type and Enter`,
        trigger: "[name=scan] input",
        run: `edit ${code} && press Enter`,
    },
    { content: "the field is empty for the next label", trigger: "[name=scan] input:value()" },
];

// A clerk files a signed contract.
registry.category("web_tour.tours").add("sbo_loan_file", {
    steps: () => [
        { content: "put on file", trigger: "button[name=action_file]:visible", run: "click" },
        { content: "it has its code", trigger: ".o_arrow_button_current:contains(Filed)" },
    ],
});

// The clerk scans it onto a loan and hands it out.
registry.category("web_tour.tours").add("sbo_loan_hand_out", {
    steps: () => [
        { content: "who takes it", trigger: "[name=borrower_id] input", run: "edit Tour Borrower" },
        {
            content: "that one",
            trigger: ".ui-autocomplete .dropdown-item:contains(Tour Borrower)",
            run: "click",
        },
        { content: "what for", trigger: "[name=purpose] input", run: "edit Talks with the customer" },
        ...scan("TOUR-1"),
        { content: "it is in the loan", trigger: "[name=line_ids] .o_data_row:contains(Tour Contract)" },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "hand it out", trigger: ".o_form_saved button[name=action_lend]:visible", run: "click" },
        { content: "it is out", trigger: ".o_arrow_button_current:contains(Out)" },
        { content: "who to print a slip for", trigger: "button:contains(Print Slip):visible" },
    ],
});

// Somebody else asks for the same contract, from a menu of their own.
registry.category("web_tour.tours").add("sbo_loan_ask", {
    steps: () => [
        { content: "ask", trigger: ".o_list_button_add, .o-kanban-button-new", run: "click" },
        { content: "what for", trigger: "[name=purpose] input", run: "edit Complaint of the customer" },
        { content: "in words", trigger: "[name=request_text] textarea", run: "edit The contract with Tour Customer" },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "send it", trigger: ".o_form_saved button[name=action_request]:visible", run: "click" },
        { content: "asked for", trigger: ".o_arrow_button_current:contains(Requested)" },
    ],
});

// A clerk chooses the document for them, and approves: they wait in line.
registry.category("web_tour.tours").add("sbo_loan_wait", {
    steps: () => [
        ...scan("TOUR-1"),
        { content: "it is in the loan", trigger: "[name=line_ids] .o_data_row:contains(Tour Contract)" },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "approve", trigger: ".o_form_saved button[name=action_approve]:visible", run: "click" },
        { content: "approved", trigger: ".o_arrow_button_current:contains(Approved)" },
        { content: "hand it out", trigger: "button[name=action_lend]:visible", run: "click" },
        { content: "somebody has it", trigger: ".modal:contains(Tour Borrower has it until)" },
        { content: "close", trigger: ".modal .modal-footer button", run: "click" },
        { content: "they wait", trigger: "[name=line_ids] .o_data_row:contains(In Line)" },
    ],
});

// The contract comes back late, one page short; scanned once more, it goes to the next in line.
registry.category("web_tour.tours").add("sbo_loan_return", {
    steps: () => [
        ...scan("TOUR-1"),
        { content: "it comes back", trigger: ".o_data_row:contains(Comes Back):contains(Tour Borrower)" },
        { content: "count", trigger: ".o_data_row td[name=pages_back]", run: "click" },
        { content: "one is missing", trigger: ".o_data_row [name=pages_back] input", run: "edit 11 && press Tab" },
        { content: "it says so", trigger: ".o_data_row [name=condition]:contains(Something Missing), .o_data_row [name=condition] input:value(Something Missing)" },
        { content: "take it back", trigger: "button[name=action_apply]", run: "click" },
        { content: "done", trigger: ".o_notification:contains(1 came back)" },
        { content: "an empty desk", trigger: ".modal [name=line_ids]:not(:has(.o_data_row))" },
        ...scan("TOUR-1"),
        { content: "it goes out", trigger: ".o_data_row:contains(Goes Out):contains(Tour Next)" },
        { content: "hand it out", trigger: "button[name=action_apply]", run: "click" },
        { content: "done", trigger: ".o_notification:contains(1 handed out)" },
        { content: "close", trigger: ".modal button:contains(Close)", run: "click" },
        { content: "the desk is empty", trigger: "body:not(:has(.modal))" },
    ],
});
