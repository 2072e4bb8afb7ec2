import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const tours = registry.category("web_tour.tours");
// Where the company is: in the evening of UTC it is tomorrow there.
const today = () => luxon.DateTime.now().setZone("Asia/Shanghai").toFormat("MM/dd/yyyy");
const cell = (name) => `.o_field_widget[name=order_line] .o_selected_row [name=${name}] input`;

// The clerk enters what came by e-mail: when it came, the customer's paper, what is ordered.
tours.add("sbo_order_enter", {
    steps: () => [
        { content: "a new quotation", trigger: ".o_sale_order" },
        { content: "the customer", trigger: ".o_field_widget[name=partner_id] input", run: "edit Tour Customer" },
        { content: "is known", trigger: ".ui-autocomplete a:contains(Tour Customer)", run: "click" },
        { content: "his number", trigger: "a[name=other_information]", run: "click" },
        { content: "is noted", trigger: ".o_field_widget[name=client_order_ref] input", run: "edit PO-4711" },
        { content: "how it came in", trigger: "a[name=sbo_back_office]", run: "click" },
        {
            content: "when it came in",
            trigger: ".o_field_widget[name=sbo_received_at] button, .o_field_widget[name=sbo_received_at] input",
            run: "click",
        },
        {
            content: "at nine",
            trigger: ".o_field_widget[name=sbo_received_at] input",
            run: "edit 03/02/2026 09:00:00 && press Enter",
        },
        {
            content: "by e-mail",
            trigger: ".o_field_widget[name=sbo_channel] input",
            run: "click",
        },
        { content: "e-mail", trigger: ".o_select_menu_item:contains(E-mail)", run: "click" },
        { content: "is chosen", trigger: ".o_field_widget[name=sbo_channel] input:value(E-mail)" },
        {
            content: "the paper itself",
            trigger: ".o_field_widget[name=sbo_document_ids] .o_attach",
            async run() {
                const paper = new File(["10 lamps at 100.00"], "PO-4711.txt", { type: "text/plain" });
                await inputFiles(".o_field_widget[name=sbo_document_ids] .o_input_file", [paper]);
            },
        },
        { content: "is there", trigger: ".o_field_widget[name=sbo_document_ids] .o_attachment:contains(PO-4711)" },
        { content: "the goods", trigger: "a[name=order_lines]", run: "click" },
        { content: "a line", trigger: ".o_field_x2many_list_row_add button:contains(Add a product), .o_field_x2many_list_row_add a:contains(Add a product)", run: "click" },
        { content: "lamps", trigger: ".o_selected_row .o_field_widget[name^=product_] input", run: "edit Tour Lamp" },
        { content: "are known", trigger: ".ui-autocomplete a:contains(Tour Lamp)", run: "click" },
        { content: "chosen", trigger: ".o_selected_row .o_field_widget[name=price_unit] input:value(100.00)" },
        { content: "ten of them", trigger: cell("product_uom_qty"), run: "edit 10 && press Tab" },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "saved", trigger: ".o_form_saved .o_arrow_button_current:contains(Quotation)" },
        { content: "not by whoever has entered it", trigger: ".o_form_view:not(:has(button[name=action_sbo_verify]))" },
        { content: "confirm all the same", trigger: "button[name=action_confirm]:visible", run: "click" },
        { content: "refused, and why", trigger: ".modal:contains(before it is verified)" },
        { content: "close", trigger: ".modal .modal-footer button", run: "click" },
    ],
});

// A second clerk answers the sheet, line by line.
tours.add("sbo_order_verify", {
    steps: () => [
        {
            content: "it waits for me",
            trigger: ".o_list_view .o_data_row:contains(Tour Customer) td[name=name]",
            run: "click",
        },
        { content: "verify", trigger: "button[name=action_sbo_verify]:visible", run: "click" },
        { content: "the paper is at hand", trigger: ".o_field_widget[name=document_ids]:contains(PO-4711)" },
        {
            content: "the paper says the same",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Tour Lamp) button[name=action_same]",
            run: "click",
        },
        {
            content: "it is taken over",
            trigger: ".o_field_widget[name=line_ids] .o_data_row td[name=paper_quantity]:contains(10)",
        },
        { content: "compare", trigger: "button[name=action_compare]:visible", run: "click" },
        { content: "nothing differs", trigger: ".o_arrow_button_current:contains(Verified)" },
    ],
});

// The clerk confirms, and sees whom it concerns.
tours.add("sbo_order_confirm", {
    steps: () => [
        { content: "verified", trigger: ".o_form_view button[name=action_sbo_verifications]:contains(Verified)" },
        { content: "confirm", trigger: "button[name=action_confirm]:visible", run: "click" },
        { content: "confirmed", trigger: ".o_arrow_button_current:contains(Sales Order)" },
        {
            content: "somebody must still say that he knows",
            trigger: "button[name=action_sbo_notices]:contains(Not Acknowledged)",
        },
    ],
});

// The warehouse says that it knows, and ships.
tours.add("sbo_order_acknowledge", {
    steps: () => [
        {
            content: "a notice",
            trigger: ".o_list_view .o_data_row:contains(Tour Customer) td[name=partner_name]",
            run: "click",
        },
        { content: "what to do", trigger: ".o_form_view [name=task]:contains(Pack)" },
        { content: "what is ordered", trigger: ".o_form_view [name=goods]:contains(Tour Lamp)" },
        { content: "seen", trigger: "button[name=action_acknowledge]:visible", run: "click" },
        { content: "noted", trigger: ".o_arrow_button_current:contains(Acknowledged)" },
    ],
});

tours.add("sbo_order_ship", {
    steps: () => [
        { content: "ship", trigger: "button[name=button_validate]:visible", run: "click" },
        { content: "gone", trigger: ".o_form_view .o_arrow_button_current:contains(Done)" },
    ],
});

// The clerk tells the customer, and enters the note that comes back.
tours.add("sbo_order_signed", {
    steps: () => [
        { content: "after shipping", trigger: "a[name=sbo_shipment]", run: "click" },
        { content: "called", trigger: "button[name=action_sbo_told_by_call]:visible", run: "click" },
        { content: "he knows", trigger: ".o_form_view [name=sbo_told_how]:contains(Call)" },
        {
            content: "the note is not back",
            trigger: "[name=sbo_signed_state]:contains(Outstanding)",
        },
        {
            content: "it comes back",
            trigger: ".o_field_widget[name=sbo_signed_on] button, .o_field_widget[name=sbo_signed_on] input",
            run: "click",
        },
        { content: "signed", trigger: ".o_field_widget[name=sbo_signed_on] input", run: `edit ${today()} && press Enter` },
        { content: "by whom", trigger: ".o_field_widget[name=sbo_signed_by] input", run: "edit Mr Chen" },
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "signed for", trigger: ".o_form_saved [name=sbo_signed_state]:contains(Signed)" },
    ],
});
