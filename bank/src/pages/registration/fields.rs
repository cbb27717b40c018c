//! The fields of a registration, and of an exchange.

use maud::{Markup, html};

use super::{
    Refused, Standing,
    sent::{NEXT_CODE, code_at_login, is_empty},
};
use crate::pages::{
    layout::Field,
    letter,
    texts::{self, Text},
    visit::Visit,
};

pub(super) fn first(visit: &Visit, standing: &Standing, refused: &Refused) -> Markup {
    html! {
        (credential(visit, texts::CREDENTIAL_ID))
        (Field::code("code", texts::ONE_TIME_PASSWORD).draw(visit.language))
        (next_code(visit, refused))
        @if standing.letters.is_some() { (letter::field(visit)) }
        (login_choice(visit, None))
    }
}

pub(super) fn exchange(visit: &Visit, refused: &Refused) -> Markup {
    let language = visit.language;
    html! {
        (credential(visit, texts::NEW_CREDENTIAL_ID))
        (Field::code("code", texts::NEW_CODE).draw(language))
        (next_code(visit, refused))
        fieldset {
            legend { (language.say(texts::OLD_PROOF)) }
            p class="hint" id="proof-hint" { (language.say(texts::OLD_PROOF_HINT)) }
            @for (name, label) in
                [("old_code", texts::OLD_CODE), ("reset_code", texts::RESET_CODE)]
            {
                div class="field" {
                    label for=(name) { (language.say(label)) }
                    input id=(name) name=(name) type="text" inputmode="numeric" autocomplete="off"
                        aria-describedby="proof-hint";
                }
            }
        }
    }
}

/// A field for the new token's code after the first one, where it is offered or was filled in before.
fn next_code(visit: &Visit, refused: &Refused) -> Markup {
    let field = Field {
        hint: Some(texts::NEXT_CODE_HINT),
        is_required: false,
        ..Field::number(NEXT_CODE, texts::NEXT_CODE, "")
    };
    let is_drawn = refused.offers_next || !is_empty(visit.field(NEXT_CODE));
    html! { @if is_drawn { (field.draw(visit.language)) } }
}

fn credential(visit: &Visit, label: Text) -> Markup {
    let field = Field::text("credential", label, visit.field("credential"));
    Field { hint: Some(texts::CREDENTIAL_ID_HINT), ..field }.draw(visit.language)
}

/// Whether a code is asked for at login, each choice with what it means.
pub(in crate::pages) fn login_choice(visit: &Visit, now: Option<bool>) -> Markup {
    let language = visit.language;
    let chosen = code_at_login(visit.field("code_at_login")).or(now);
    html! {
        fieldset {
            legend { (language.say(texts::LOGIN_CHOICE)) }
            @for (value, is_yes, label, means) in [
                ("yes", true, texts::DO_ASK, texts::DO_ASK_MEANS),
                ("no", false, texts::DO_NOT_ASK, texts::DO_NOT_ASK_MEANS),
            ] {
                p {
                    input type="radio" id={ "code_at_login-" (value) } name="code_at_login"
                        value=(value) required checked[chosen == Some(is_yes)]
                        aria-describedby={ "code_at_login-" (value) "-means" };
                    " "
                    label for={ "code_at_login-" (value) } { (language.say(label)) }
                    br;
                    span class="hint" id={ "code_at_login-" (value) "-means" } {
                        (language.say(means))
                    }
                }
            }
        }
    }
}
