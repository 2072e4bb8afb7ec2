from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestHomeTour(HttpCase):
    def test_clerk_comes_in(self):
        new_test_user(self.env, "tour_clerk", groups="sales_back_office.sbo_group_clerk")
        self.start_tour("/odoo", "sbo_home", login="tour_clerk")
