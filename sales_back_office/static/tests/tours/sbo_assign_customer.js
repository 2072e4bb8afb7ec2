import { registry } from "@web/core/registry";

const ROW = ".o_data_row:has(td[name=partner_id]:contains(Tour Newcomer))";

// The clerk finds a new customer and lets the rule choose its salesperson.
registry.category("web_tour.tours").add("sbo_assign_customer", {
    steps: () => [
        { content: "the customer waits", trigger: `.o_list_view ${ROW} td[name=partner_id]`, run: "click" },
        { content: "received", trigger: ".o_arrow_button_current:contains(Received)" },
        { content: "by rule", trigger: "button[name=action_assign_by_rule]", run: "click" },
        { content: "assigned", trigger: ".o_arrow_button_current:contains(Assigned)" },
        { content: "the choice is explained", trigger: "[name=basis]:contains(next by share in Region East)" },
        { content: "the packet is made", trigger: "[name=item_ids] .o_data_row:contains(Contacts)" },
    ],
});

// The salesperson, who does not see the Back Office, finds it among the orders, ticks and acknowledges.
registry.category("web_tour.tours").add("sbo_take_over_customer", {
    steps: () => [
        { content: "what waits for me", trigger: `.o_list_view ${ROW} td[name=partner_id]`, run: "click" },
        { content: "background", trigger: "[name=background_ok] input", run: "click" },
        { content: "contact", trigger: "[name=contact_ok] input", run: "click" },
        { content: "preferences", trigger: "[name=preferences_ok] input", run: "click" },
        {
            content: "first line of the packet",
            trigger: "[name=item_ids] .o_data_row:eq(0) td[name=ticked] .o-checkbox",
            run: "click",
        },
        {
            content: "the first line is ticked",
            trigger: "[name=item_ids] .o_data_row:eq(0) td[name=ticked] input:checked",
        },
        {
            content: "second line of the packet",
            trigger: "[name=item_ids] .o_data_row:eq(1) td[name=ticked] .o-checkbox",
            run: "click",
        },
        {
            content: "the second line is ticked",
            trigger: "[name=item_ids] .o_data_row:eq(1) td[name=ticked] input:checked",
        },
        { content: "take it over", trigger: "button[name=action_acknowledge]", run: "click" },
        { content: "done", trigger: ".o_arrow_button_current:contains(Acknowledged)" },
    ],
});
