import { registry } from "@web/core/registry";

// A clerk ships, is told that the money is missing, and asks for a special release.
registry.category("web_tour.tours").add("sbo_refused_delivery", {
    steps: () => [
        {
            content: "the delivery says what is missing",
            trigger: ".o_form_view .alert:contains(These goods may not leave yet):contains(10,000.00)",
        },
        { content: "ship it all the same", trigger: "button[name=button_validate]:visible", run: "click" },
        {
            content: "refused: what, why, who can release it",
            trigger: ".modal:contains(Nothing leaves before the money is there):contains(special release)",
        },
        { content: "close", trigger: ".modal .modal-footer button", run: "click" },
        { content: "ask", trigger: "button[name=action_sbo_ask_release]:visible", run: "click" },
        {
            content: "why",
            trigger: ".o_form_view [name=reason] textarea",
            run: "edit The line of the customer stands still",
        },
        { content: "when it is paid", trigger: ".o_field_widget[name=promised_on] button, .o_field_widget[name=promised_on] input", run: "click" },
        { content: "that day", trigger: ".o_field_widget[name=promised_on] input", run: "edit 12/31/2099 && press Enter" },
        { content: "until when it is good", trigger: ".o_field_widget[name=expires_on] button, .o_field_widget[name=expires_on] input", run: "click" },
        { content: "that day", trigger: ".o_field_widget[name=expires_on] input", run: "edit 12/31/2099 && press Enter" },
        { content: "send it", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "it waits for an answer", trigger: ".o_form_saved .o_arrow_button_current:contains(Asked For)" },
    ],
});

// A manager decides, and the clerk's delivery leaves.
registry.category("web_tour.tours").add("sbo_give_release", {
    steps: () => [
        {
            content: "one is to be decided",
            trigger: ".o_list_view .o_data_row:contains(Tour Customer) td[name=picking_id]",
            run: "click",
        },
        { content: "why", trigger: ".o_form_view [name=reason]:contains(stands still), .o_form_view [name=reason] textarea" },
        { content: "let it go", trigger: "button[name=action_give]", run: "click" },
        { content: "given", trigger: ".o_form_view .o_arrow_button_current:contains(Released)" },
    ],
});

registry.category("web_tour.tours").add("sbo_released_delivery", {
    steps: () => [
        {
            content: "it may leave by its special release",
            trigger: ".o_form_view .alert:contains(by a special release)",
        },
        { content: "ship", trigger: "button[name=button_validate]:visible", run: "click" },
        { content: "gone", trigger: ".o_form_view .o_arrow_button_current:contains(Done)" },
    ],
});
