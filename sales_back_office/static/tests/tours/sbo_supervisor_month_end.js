import { registry } from "@web/core/registry";

const MENU = "sales_back_office.sbo_menu_assessment";
const START = "sales_back_office.sbo_assessment_start_menu";

// A supervisor starts the month's assessment, decides what is open, and sends the sheet to the clerk.
registry.category("web_tour.tours").add("sbo_supervisor_month_end", {
    steps: () => [
        { content: "the assessment menu", trigger: `[data-menu-xmlid='${MENU}']`, run: "click" },
        { content: "start a period", trigger: `.o-dropdown-item[data-menu-xmlid='${START}']`, run: "click" },
        {
            content: "March",
            trigger: ".modal .o_field_widget[name=day] button, .modal .o_field_widget[name=day] input",
            run: "click",
        },
        { content: "any day of it", trigger: ".modal .o_field_widget[name=day] input", run: "edit 03/15/2026" },
        { content: "leave the field", trigger: ".modal .modal-title", run: "click" },
        {
            content: "the whole month is meant",
            trigger: ".modal .o_field_widget[name=period_end]:contains(31)",
        },
        { content: "start", trigger: ".modal button[name=action_start]", run: "click" },
        {
            content: "one sheet per clerk",
            trigger: ".o_list_view .o_data_row:has(td[name=user_id]:contains(Tour Clerk)) td[name=period_name]",
            run: "click",
        },
        {
            content: "a finding waits for a decision",
            trigger: ".o_form_view .alert button[name=action_confirm_findings]",
            run: "click",
        },
        { content: "yes, all of them", trigger: ".modal .modal-footer .btn-primary", run: "click" },
        {
            content: "it cost two points",
            trigger: ".o_form_view .o_field_widget[name=points_lost]:contains(2.00)",
        },
        { content: "what cost them", trigger: ".nav-link[name=deductions]", run: "click" },
        {
            content: "the order is named",
            trigger: ".o_field_widget[name=deduction_ids] .o_data_row:contains(S)",
        },
        { content: "to the clerk", trigger: "button[name=action_send]", run: "click" },
        {
            content: "the clerk's turn",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Self-Rating)",
        },
    ],
});
