use warifu::token::Token;
use warifu_desktop::{
    import::{self, Source},
    texts,
};

use super::{Enrolling, OFF, Told, Walk, Why, expect};
use crate::{
    customer::{CONTRACT, PASSWORD, Payee},
    page::Page,
    phone::Phone,
};

/// A transfer that was sent: all fields of its form, the code that went with it, and its receipt.
pub(super) struct Paid {
    fields: Vec<(String, String)>,
    code: String,
    receipt: String,
}

impl<'a> Walk<'a> {
    /// 利用登録, with no code at login.
    pub(super) fn register(&mut self, phone: &Phone<'_>) -> Told {
        self.browser.open("/")?;
        self.browser.follow("/registration")?;
        self.identify("/registration")?;
        let code = phone.code()?;
        let typed = [("credential", phone.id.as_str()), ("code", &code), ("code_at_login", "no")];
        self.browser.send("/registration/token", &typed)?;
        self.said(texts::says_registered(self.lang))
    }

    /// With contract ID and password alone.
    pub(super) fn log_in(&mut self) -> Told {
        self.browser.open("/")?;
        self.identify("/login")?;
        let said = self.said(texts::says_main(self.lang))?;
        self.shows(BEFORE)?;
        Ok(said)
    }

    /// A transfer to somebody whom the contract has not paid, before it may.
    pub(super) fn pay_too_early(&mut self) -> Told {
        self.browser.follow("/transfer")?;
        self.order()?;
        self.said(texts::says_new_payee(self.lang))
    }

    /// The transfer, and what it leaves in the account. The session is over meanwhile.
    pub(super) fn transfer(&mut self, phone: &Phone<'_>) -> Result<(Paid, String), Why> {
        self.log_in()?;
        self.browser.follow("/transfer")?;
        self.order()?;
        let code = phone.next_code()?;
        let fields = self.browser.filled(ORDER, &[("code", &code)])?;
        self.browser.send_fields(ORDER, &fields)?;
        let said = self.said(texts::says_transferred(self.lang))?;
        self.shows(AMOUNT)?;
        let receipt = self.browser.page()?.text.clone();
        self.browser.follow("/main")?;
        self.shows(AFTER)?;
        Ok((Paid { fields, code, receipt }, said))
    }

    /// The very form once more, as by a reload: the answer is the receipt that there was.
    pub(super) fn send_again(&mut self, paid: &Paid) -> Told {
        self.browser.send_fields(ORDER, &paid.fields)?;
        let said = self.said(texts::says_transferred(self.lang))?;
        self.shows(&paid.receipt)?;
        self.browser.follow("/main")?;
        self.shows(AFTER)?;
        Ok(said)
    }

    /// Another transfer, with the code of the one before.
    pub(super) fn replay(&mut self, paid: &Paid) -> Told {
        self.browser.follow("/transfer")?;
        self.order()?;
        self.browser.send(ORDER, &[("code", &paid.code)])?;
        let said = self.said(texts::says_replayed(self.lang))?;
        self.browser.open("/main")?;
        self.shows(AFTER)?;
        Ok(said)
    }

    /// 認証する.
    pub(super) fn ask_at_login(&mut self, phone: &Phone<'_>) -> Told {
        self.browser.follow("/token")?;
        let code = phone.next_code()?;
        self.browser.send("/token/login-code", &[("code_at_login", "yes"), ("code", &code)])?;
        let said = self.said(texts::says_changed(self.lang))?;
        self.browser.follow("/")?;
        self.browser.send("/logout", &[])?;
        Ok(said)
    }

    pub(super) fn log_in_with_code(&mut self, phone: &Phone<'_>) -> Told {
        self.begin_login()?;
        self.finish_login(phone)
    }

    /// A clock that is fast does no harm until the device restarts where no service is reached.
    pub(super) fn lose_the_time(&mut self, phone: &mut Phone<'_>) -> Told {
        phone.set_fast(OFF);
        self.log_in_with_code(phone)?;
        phone.restart();
        self.begin_login()?;
        self.browser.send(CODE, &[("code", &phone.next_code()?)])?;
        self.said(texts::says_out_of_sync(self.lang))
    }

    /// 同期ズレ補正, on the page that refused.
    pub(super) fn resync(&mut self, phone: &Phone<'_>) -> Told {
        let (first, second) = phone.two_codes()?;
        self.browser.send("/token/resync", &[("first", &first), ("second", &second)])?;
        self.said(texts::says_set_clock(self.lang))
    }

    /// Back on the network the token knows better than its device. The two codes were ten minutes ahead, and
    /// codes are taken forward only: the time has to come to where they were.
    pub(super) fn hear_time(&mut self, phone: &Phone<'_>) -> Told {
        phone.hear_time()?;
        self.skipped.pass(OFF);
        self.begin_login()?;
        self.browser.send(CODE, &[("code", &phone.next_code()?)])?;
        self.said(texts::says_main(self.lang))
    }

    /// 交換: another token enrols by the link that the bank shows for a code of the present one; then a code of
    /// each.
    pub(super) fn exchange(
        &mut self,
        old: &Phone<'_>,
        token: &'a Token,
    ) -> Result<(Phone<'a>, String), Why> {
        self.browser.follow("/token")?;
        self.browser.follow("/token/new")?;
        self.browser.send("/token/new", &[("code", &old.next_code()?)])?;
        let page = self.browser.page()?;
        let link = page.link_to("http://").ok_or_else(|| unlike(page, "http://"))?;
        let Source::Service(link) = import::from_source(link)? else {
            return Err(unlike(page, "http://"));
        };
        let (new, id) = self.enrol(&Enrolling { token, link: &link })?;
        self.browser.follow("/registration")?;
        self.identify("/registration")?;
        let (old_code, code) = (old.next_code()?, new.code()?);
        let typed = [("credential", new.id.as_str()), ("code", &code), ("old_code", &old_code)];
        self.browser.send("/registration/token", &typed)?;
        let said = self.said(texts::says_exchanged(self.lang))?;
        Ok((new, format!("{id} {said}")))
    }

    /// The old token at the login, and at the service itself; then the new one.
    pub(super) fn try_old(&mut self, old: &Phone<'_>, new: &Phone<'_>) -> Told {
        self.begin_login()?;
        let mut code = old.next_code()?;
        // By chance the new one may show the same.
        while new.is_near(&code)? {
            code = old.next_code()?;
        }
        self.browser.send(CODE, &[("code", &code)])?;
        let said = self.said(texts::says_wrong(self.lang))?;
        expect(&self.desk.verify(old.id.as_str(), &code)?, "verdict", "revoked")?;
        self.browser.send(CODE, &[("code", &new.next_code()?)])?;
        let told = self.said(texts::says_failed_codes(self.lang))?;
        self.browser.send("/logout", &[])?;
        Ok(format!("{said} {told}"))
    }

    pub(super) fn locked_at_login(&mut self, phone: &Phone<'_>) -> Told {
        self.begin_login()?;
        self.browser.send(CODE, &[("code", &phone.next_code()?)])?;
        self.said(texts::says_locked(self.lang))
    }

    /// The code of a login that has come as far as that; then logs out.
    pub(super) fn finish_login(&mut self, phone: &Phone<'_>) -> Told {
        self.browser.send(CODE, &[("code", &phone.next_code()?)])?;
        let said = self.said(texts::says_main(self.lang))?;
        self.browser.send("/logout", &[])?;
        Ok(said)
    }

    /// By who has lost the token: with ID and password.
    pub(super) fn suspend(&mut self, phone: &Phone<'_>) -> Told {
        self.browser.open("/")?;
        self.browser.follow("/registration")?;
        self.identify("/registration")?;
        self.browser.send("/registration/suspend", &[])?;
        self.said(texts::says_suspended(self.lang))?;
        self.begin_login()?;
        self.browser.send(CODE, &[("code", &phone.next_code()?)])?;
        self.said(texts::says_is_suspended(self.lang))
    }

    pub(super) fn revoke(&mut self, phone: &Phone<'_>) -> Told {
        self.act(phone, "resume", "active")?;
        self.finish_login(phone)?;
        self.act(phone, "revoke", "revoked")?;
        self.begin_login()?;
        self.browser.send(CODE, &[("code", &phone.next_code()?)])?;
        self.said(texts::says_revoked(self.lang))
    }

    /// As far as the page that asks for a code.
    fn begin_login(&mut self) -> Result<(), Why> {
        self.browser.open("/")?;
        self.identify("/login")?;
        self.said(texts::says_code_asked(self.lang)).map(|_| ())
    }

    fn identify(&mut self, form: &str) -> Result<&Page, Why> {
        let typed = [("contract", CONTRACT), ("password", PASSWORD)];
        Ok(self.browser.send(form, &typed)?)
    }

    /// The form of the transfer, which leads to its page of confirmation.
    fn order(&mut self) -> Result<&Page, Why> {
        let typed = [
            ("bank", Payee::BANK),
            ("branch", Payee::BRANCH),
            ("number", Payee::NUMBER),
            ("name", texts::demo_payee(self.lang)),
            ("amount", AMOUNT),
        ];
        Ok(self.browser.send("/transfer", &typed)?)
    }

    /// Holds the page that is shown to these words, in its heading or in what it warns of; gives the
    /// sentence that they are in.
    fn said(&self, words: &str) -> Told {
        let page = self.browser.page()?;
        let mut said = sentences(&page.alert).into_iter().chain([page.heading.as_str()]);
        let found = said.find(|said| said.contains(words));
        let found = found.ok_or_else(|| unlike(page, words))?;
        Ok(texts::walk_quote(self.lang, &found))
    }

    /// Holds the page that is shown to these words, wherever they stand.
    fn shows(&self, words: &str) -> Result<(), Why> {
        let page = self.browser.page()?;
        if page.text.contains(words) { Ok(()) } else { Err(unlike(page, words)) }
    }
}

fn unlike(page: &Page, expected: &str) -> Why {
    Why::Page { path: page.path.clone(), expected: expected.to_owned(), said: page.said() }
}

fn sentences(text: &str) -> Vec<&str> {
    let parts = text.split_inclusive('。').flat_map(|part| part.split_inclusive(". "));
    parts.map(str::trim).collect()
}

const ORDER: &str = "/transfer/order";
const CODE: &str = "/login/code";
const AMOUNT: &str = "3,000";
/// The balance before the transfer and after it.
const BEFORE: &str = "100,000";
const AFTER: &str = "97,000";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_in_either_language() {
        let japanese = "時刻がずれています。 端末の時刻を合わせてください。";
        let expected = ["時刻がずれています。", "端末の時刻を合わせてください。"];
        assert_eq!(sentences(japanese), expected);
        assert_eq!(sentences("Your clock is off. Set it."), ["Your clock is off.", "Set it."]);
        assert!(sentences("").is_empty());
    }
}
