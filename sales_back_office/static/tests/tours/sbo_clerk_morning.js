import { registry } from "@web/core/registry";

// A clerk comes in, sees what the night has found, objects to one finding and verifies a customer.
registry.category("web_tour.tours").add("sbo_clerk_morning", {
    steps: () => [
        {
            content: "the desk has a card for late deliveries: one open, one mine",
            trigger: ".o_kanban_record:contains(Delivery late) a[name=action_desk_mine]:contains(1)",
            run: "click",
        },
        {
            content: "the list shows the finding with its order",
            trigger: ".o_list_view .o_data_row td[name=res_name]:contains(S)",
            run: "click",
        },
        {
            content: "the evidence is in words",
            trigger: ".o_form_view [name=evidence_text]:contains(Promised)",
        },
        { content: "object", trigger: "button[name=action_dispute]", run: "click" },
        {
            content: "say why",
            trigger: ".modal [name=reason] textarea",
            run: "edit The customer asked us to wait",
        },
        { content: "send it", trigger: ".modal button[name=action_apply]:visible", run: "click" },
        {
            content: "the objection stands on the finding",
            trigger: ".o_form_view:not(:has(.modal)) [name=dispute_text]:contains(asked us to wait)",
        },
        { content: "open the order", trigger: "button[name=action_open_record]", run: "click" },
        {
            content: "the order shows its finding on top",
            trigger: ".o_form_view .alert:contains(Delivery late)",
        },
        {
            content: "back to the desk",
            trigger: ".o_menu_sections [data-menu-xmlid='sales_back_office.sbo_menu_desk'], " +
                ".o_breadcrumb a:contains(Desk), .o_back_button",
            run: "click",
        },
    ],
});
