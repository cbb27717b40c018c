//! The pages of registration and exchange where more than one code is needed, and the QR code that gives a
//! customer's token its credential, on both databases.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/customers.rs"]
mod customers;
#[path = "support/stored.rs"]
mod stored;
mod support;
#[path = "support/token.rs"]
mod token;

#[path = "registration/activation.rs"]
mod activation;
#[path = "registration/two_codes.rs"]
mod two_codes;

use browser::{Browser, Site};
use customers::PASSWORD;

/// Contract 1, which has no token.
fn customer(site: &Site) {
    site.run(async {
        site.customers.contract(1).await;
    });
}

/// Goes on from a page with a form for contract ID and password.
fn identify<'a, 'b>(browser: &'b mut Browser<'a>, form: &str) -> &'b mut Browser<'a> {
    browser.post(form, &[("contract", "0000000001"), ("password", PASSWORD)])
}

fn log_in(site: &Site) -> Browser<'_> {
    let mut browser = site.browser();
    identify(browser.get("/"), "/login");
    browser
}

/// At the page of 利用登録, or of 交換 where there is a token.
fn at_registration(site: &Site) -> Browser<'_> {
    let mut browser = site.browser();
    identify(browser.get("/registration"), "/registration");
    browser
}
