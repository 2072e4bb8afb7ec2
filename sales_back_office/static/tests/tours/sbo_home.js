import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sbo_home", {
    steps: () => [
        { trigger: ".o_navbar_apps_menu button", content: "open the apps menu", run: "click" },
        { trigger: ".o_app[data-menu-xmlid='sale.sale_menu_root']", content: "sales is there" },
    ],
});
