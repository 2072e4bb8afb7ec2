import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// Where the company is: in the evening of UTC it is tomorrow there.
const today = () => luxon.DateTime.now().setZone("Asia/Shanghai").toFormat("MM/dd/yyyy");
const row = (field) => `.o_field_widget[name=${field}] .o_selected_row`;
const addLine = (field) => `.o_field_widget[name=${field}] .o_field_x2many_list_row_add button, .o_field_widget[name=${field}] .o_field_x2many_list_row_add a`;
const state = (name) => `.o_form_view .o_arrow_button_current:contains(${name})`;
const item = (topic) => `.o_field_widget[name=line_ids] .o_data_row:contains(${topic})`;
const date = (content, field, day) => [
    {
        content,
        trigger: `.o_field_widget[name=${field}] button, .o_field_widget[name=${field}] input`,
        run: "click",
    },
    {
        content: "that day",
        trigger: `.o_field_widget[name=${field}] input`,
        run: `edit ${day} && press Enter`,
    },
];
// A selection whose input loses the focus before it shows the choice is emptied again by Odoo: wait for the words.
const choose = (content, field, label, where) => [
    { content, trigger: `${where} [name=${field}] input`, run: "click" },
    { content: label, trigger: `.o_select_menu_item:contains(${label})`, run: "click" },
    { content: `${label} is chosen`, trigger: `${where} [name=${field}] input:value(${label})` },
];
const openMine = [
    {
        content: "a contract waits for me",
        trigger: ".o_list_view .o_data_row:contains(Lamps for a school) td[name=subject]",
        run: "click",
    },
];

// The salesperson drafts the contract and has it reviewed.
tours.add("sbo_contract_draft", {
    steps: () => [
        {
            content: "what it is about",
            trigger: ".o_field_widget[name=subject] input, .o_field_widget[name=subject] textarea",
            run: "edit Lamps for a school",
        },
        { content: "with whom", trigger: ".o_field_widget[name=partner_id] input", run: "edit Tour Customer" },
        { content: "is known", trigger: ".ui-autocomplete a:contains(Tour Customer)", run: "click" },
        { content: "its class", trigger: ".o_field_widget[name=class_id] input", run: "edit Class RB" },
        { content: "reviewed by departments", trigger: ".ui-autocomplete a:contains(Class RB)", run: "click" },
        { content: "its amount", trigger: ".o_field_widget[name=amount] input", run: "edit 1000" },
        { content: "what is agreed", trigger: "a[name=lines]", run: "click" },
        { content: "a price", trigger: addLine("line_ids"), run: "click" },
        { content: "of lamps", trigger: `${row("line_ids")} [name=product_id] input`, run: "edit Tour Lamp" },
        { content: "are known", trigger: ".ui-autocomplete a:contains(Tour Lamp)", run: "click" },
        { content: "ten", trigger: `${row("line_ids")} [name=quantity] input`, run: "edit 10" },
        { content: "at 100", trigger: `${row("line_ids")} [name=price] input`, run: "edit 100" },
        { content: "the plan", trigger: "a[name=milestones]", run: "click" },
        { content: "a payment", trigger: addLine("milestone_ids"), run: "click" },
        { content: "after delivery", trigger: `${row("milestone_ids")} [name=name] input`, run: "edit After delivery" },
        {
            content: "due",
            trigger: `${row("milestone_ids")} [name=due_on] button, ${row("milestone_ids")} [name=due_on] input`,
            run: "click",
        },
        { content: "in time", trigger: `${row("milestone_ids")} [name=due_on] input`, run: "edit 12/31/2099 && press Tab" },
        { content: "all of it", trigger: `${row("milestone_ids")} [name=percent] input`, run: "edit 100 && press Tab" },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "a draft", trigger: `.o_form_saved ${state("Draft").replace(".o_form_view ", "")}` },
        { content: "have it reviewed", trigger: "button[name=action_submit]:visible", run: "click" },
        { content: "it is", trigger: state("In Review") },
        { content: "who is waited for", trigger: ".o_form_view .alert:contains(Finance, Production)" },
    ],
});

// A member of production sees a risk, finds the rest in order, and agrees.
tours.add("sbo_contract_judge", {
    steps: () => [
        ...openMine,
        { content: "an item", trigger: `${item("Warranty")} td[name=verdict]`, run: "click" },
        ...choose("its verdict", "verdict", "Risk", row("line_ids")),
        {
            content: "in words",
            trigger: `${row("line_ids")} [name=note] textarea`,
            run: "edit Five years are long",
        },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "noted, with who", trigger: `.o_form_saved ${item("Five years are long")}` },
        { content: "the rest complies", trigger: "button[name=action_rest_complies]:visible", run: "click" },
        { content: "it does", trigger: `${item("Dispute Resolution")}:contains(Complies)` },
        { content: "agree", trigger: ".o_form_statusbar button[name=action_agree]:visible", run: "click" },
        { content: "others are waited for", trigger: ".o_field_widget[name=waited_for]:contains(Finance)" },
        { content: "answered", trigger: ".o_form_statusbar:not(:has(button[name=action_agree]))" },
    ],
});

// Finance agrees with a condition, said in words.
tours.add("sbo_contract_condition", {
    steps: () => [
        ...openMine,
        { content: "agree, if", trigger: ".o_form_statusbar button[name=action_condition]:visible", run: "click" },
        { content: "if what", trigger: ".modal [name=text] textarea", run: "edit Paid within 30 days" },
        { content: "say so", trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "said", trigger: "body:not(:has(.modal)) .o_form_statusbar:not(:has(button[name=action_condition]))" },
    ],
});

// The head of sales cannot approve before the risk is accepted, accepts it, and approves.
tours.add("sbo_contract_approve", {
    steps: () => [
        ...openMine,
        { content: "approve", trigger: ".o_form_statusbar button[name=action_approve]:visible", run: "click" },
        { content: "not yet, and why", trigger: ".modal:contains(has accepted the risk):contains(Five years are long)" },
        { content: "close", trigger: ".modal .modal-footer button", run: "click" },
        {
            content: "accept the risk",
            trigger: `body:not(:has(.modal)) ${item("Warranty")} button[name=action_accept]`,
            run: "click",
        },
        { content: "why", trigger: ".modal [name=text] textarea", run: "edit The maker answers for it" },
        { content: "say so", trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "accepted", trigger: `body:not(:has(.modal)) ${item("The maker answers for it")}` },
        { content: "approve", trigger: ".o_form_statusbar button[name=action_approve]:visible", run: "click" },
        { content: "approved", trigger: state("Approved") },
    ],
});

// The clerk has it signed.
tours.add("sbo_contract_sign", {
    steps: () => [
        { content: "approved", trigger: state("Approved") },
        { content: "sign", trigger: "button[name=action_sign]:visible", run: "click" },
        { content: "not without a day and a seal", trigger: ".modal:contains(The day of signing is missing)" },
        { content: "close", trigger: ".modal .modal-footer button", run: "click" },
        ...date("signed", "signed_on", today()),
        { content: "by whom", trigger: "a[name=signatures]", run: "click" },
        { content: "by the manager", trigger: ".o_field_widget[name=our_signatory_id] input", run: "edit sbo_manager" },
        { content: "is known", trigger: ".ui-autocomplete a:contains(sbo_manager)", run: "click" },
        ...choose("by what right", "our_authority", "Legal Representative", ".o_form_view"),
        ...choose("sealed", "our_seal", "Contract Seal", ".o_form_view"),
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "sign", trigger: ".o_form_saved button[name=action_sign]:visible", run: "click" },
        { content: "signed", trigger: state("Signed") },
    ],
});

// The clerk enters the order under it, and confirms.
tours.add("sbo_contract_order", {
    steps: () => [
        { content: "its orders", trigger: "button[name=action_orders]", run: "click" },
        { content: "a new one", trigger: ".o_list_button_add:visible", run: "click" },
        { content: "of its customer", trigger: ".o_field_widget[name=partner_id] input:value(Tour Customer)" },
        { content: "a line", trigger: ".o_field_x2many_list_row_add button:contains(Add a product), .o_field_x2many_list_row_add a:contains(Add a product)", run: "click" },
        { content: "lamps", trigger: ".o_selected_row .o_field_widget[name^=product_] input", run: "edit Tour Lamp" },
        { content: "are known", trigger: ".ui-autocomplete a:contains(Tour Lamp)", run: "click" },
        { content: "at the agreed price", trigger: ".o_selected_row .o_field_widget[name=price_unit] input:value(100.00)" },
        { content: "ten", trigger: ".o_selected_row [name=product_uom_qty] input", run: "edit 10 && press Tab" },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "confirm", trigger: ".o_form_saved button[name=action_confirm]:visible", run: "click" },
        { content: "confirmed", trigger: state("Sales Order") },
    ],
});

// Finance receives a part of the money.
tours.add("sbo_contract_part_payment", {
    steps: () => [
        { content: "pay", trigger: "button[name=action_register_payment]:visible", run: "click" },
        { content: "a part", trigger: ".modal .o_field_widget[name=amount] input", run: "edit 400" },
        { content: "note it", trigger: ".modal button[name=action_create_payments]", run: "click" },
        { content: "partly paid", trigger: "body:not(:has(.modal)) .o_form_view:contains(600.00)" },
    ],
});

// The clerk reads the schedule: what is ordered, delivered, invoiced, received.
tours.add("sbo_contract_schedule", {
    steps: () => [
        {
            content: "the contract with its figures",
            trigger: ".o_list_view .o_data_row:contains(Tour Customer):contains(1,000.00):contains(400.00):contains(600.00) td[name=partner_id]",
            run: "click",
        },
        { content: "delivered", trigger: ".o_form_view button[name=action_schedule_deliveries]:contains(1,000)" },
        { content: "received", trigger: ".o_form_view .o_field_widget[name=received]:contains(400.00)" },
        { content: "its documents", trigger: "button[name=action_schedule_orders]", run: "click" },
        { content: "the order", trigger: ".o_list_view .o_data_row:contains(Tour Customer):contains(1,000.00)" },
    ],
});
