//! Runs a scenario: each op is a call or two of the core's facade.

use std::{
    collections::BTreeSet,
    fs,
    panic::resume_unwind,
    sync::{Arc, Barrier},
    thread::{self, ScopedJoinHandle},
};

use serde_json::{Value, json};
use warifu::{
    credential::{Label, WebAddress},
    provision::{
        enrol::{ActivationCode, BindingLevel, Link},
        otpauth,
    },
    time::{BootId, Millis, UnixMillis, Uptime},
    token::{self, Error, Flow, Marker, SyncError, Token},
    vault::{NewSlot, PinParams, UnlockWith},
};

use super::{
    key_store::Next,
    network,
    observed::{self, Outcome},
    phone::Phone,
    table::{KdfParams, Op, Scenario, Step, numbered},
    tasks::advance,
    values::{bytes_of, passphrase_of, pin_of, random, report, slots, uri_of},
    words::{End, Errand, Kind, Unlock, Way},
};

const DEFAULT_LIMIT: u8 = 6;

pub(crate) fn scenario(scenario: &Scenario, kdf: KdfParams) {
    let phone = Arc::new(Phone::new(kdf));
    scenario.steps.iter().for_each(|step| drop(run(&phone, step)));
    assert!(phone.tasks.is_empty(), "a task was not finished");
}

/// Runs a step and holds what it gave against what the table says.
fn run(phone: &Arc<Phone>, written: &Value) -> Value {
    let step = Step::parse(written);
    let outcome = act(phone, None, step.op);
    phone.tasks.settle();
    let fits = match (&outcome, &step.error) {
        (Ok(observed), None) => {
            step.expect.map_or(Ok(()), |expected| observed::fits(&expected, observed, "result"))
        }
        (Err(observed), Some(expected)) => observed::fits(expected, observed, "error"),
        (Ok(observed), Some(_)) => Err(format!("no error: {observed}")),
        (Err(observed), None) => Err(format!("{observed}")),
    };
    fits.unwrap_or_else(|why| panic!("{}\n{why}", step.text));
    outcome.unwrap_or_else(|error| error)
}

fn act(phone: &Arc<Phone>, task: Option<&str>, op: Op) -> Outcome {
    let done = Ok(json!({}));
    let failed = |error: Error| phone.failed(error);
    match op {
        Op::Clock { wall_ms, uptime_ms, boot, advance_ms } => {
            phone.tasks.set_clock(|now| {
                now.wall = wall_ms.map_or(now.wall, UnixMillis);
                now.uptime = uptime_ms.map_or(now.uptime, Uptime);
                now.boot = boot.map_or(now.boot, |boot| BootId([boot; 16]));
                advance(now, Millis(advance_ms.unwrap_or(0)));
            });
            done
        }

        Op::Create { token, passphrase, hosts } => {
            let hosts = hosts_of(phone, hosts)?;
            let passphrase = passphrase_of(phone, &passphrase)?;
            let made = Token::create(&phone.path(), &passphrase, phone.kdf.of_core(), random());
            let made = made.map_err(failed)?;
            made.time().set_hosts(hosts).map_err(failed)?;
            phone.put_token(token.as_deref(), made);
            done
        }
        Op::CreateOnDevice { token, hosts } => {
            let hosts = hosts_of(phone, hosts)?;
            let made = Token::create_on_device(&phone.path(), random(), phone.now());
            let (made, flow) = made.map_err(failed)?;
            made.time().set_hosts(hosts).map_err(failed)?;
            phone.run(task, &flow)?;
            phone.put_token(token.as_deref(), made);
            done
        }
        Op::Open { token, hosts } => {
            let hosts = hosts_of(phone, hosts)?;
            let opened = Token::open(&phone.path(), random()).map_err(failed)?;
            opened.time().set_hosts(hosts).map_err(failed)?;
            phone.put_token(token.as_deref(), opened);
            done
        }
        Op::Close { token } => {
            phone.close(token.as_deref());
            done
        }
        Op::Lock { token } => {
            phone.token(token.as_deref())?.lock();
            done
        }
        Op::IsUnlocked { token } => {
            Ok(json!({ "unlocked": phone.token(token.as_deref())?.is_unlocked() }))
        }
        Op::Unlock { token, by, pin, passphrase } => {
            let token = phone.token(token.as_deref())?;
            let way = match by {
                Way::Passphrase => {
                    let passphrase = passphrase_of(phone, &passphrase.unwrap())?;
                    return token.unlock(&passphrase).map(report).map_err(failed);
                }
                Way::Device => UnlockWith::Device,
                Way::Biometric => UnlockWith::Biometric,
                Way::Pin => UnlockWith::Pin(pin_of(phone, &pin.unwrap())?),
            };
            let flow = token.unlock_with(way, phone.now());
            match phone.run(task, &flow)? {
                token::Outcome::Unlocked(found) => Ok(report(found)),
                other => panic!("{other:?}"),
            }
        }
        Op::Screen { token, only } => {
            let screen = phone.token(token.as_deref())?.screen(phone.now()).map_err(failed)?;
            let mut observed = observed::screen(&screen, only.as_deref(), &**phone);
            let until = |at: Option<Uptime>| at.map(|at| at.since(phone.now().uptime).0);
            observed["refresh_in_ms"] = json!(until(screen.refresh_at));
            observed["sync_in_ms"] = json!(until(screen.clock.sync_at));
            Ok(observed)
        }
        Op::Refresh { token } => {
            let changed = phone.token(token.as_deref())?.refresh().map_err(failed)?;
            Ok(json!({ "changed": changed }))
        }
        Op::Anchor { token } => {
            let flow = phone.token(token.as_deref())?.anchor(phone.now());
            phone.run(task, &flow)?;
            done
        }
        Op::Marker { token } => {
            let marker = phone.token(token.as_deref())?.marker().map_err(failed)?;
            Ok(json!({ "text": marker.to_string() }))
        }
        Op::ReadMarker { text } => {
            let marker = Marker::parse(text.as_bytes()).map_err(|error| phone.failed(error))?;
            Ok(json!({ "banks": marker.banks.iter().map(observed::bank).collect::<Vec<_>>() }))
        }

        Op::Preview { uri, uri_hex, filled_to } => {
            let uri = uri_of(uri, uri_hex, filled_to);
            let new = otpauth::parse(&uri).map_err(|error| phone.failed(error))?;
            Ok(observed::credential(&new.names, new.generator, new.keys.code.weakness()))
        }
        Op::Add { token, r#as, uri, uri_hex, filled_to } => {
            let token = phone.token(token.as_deref())?;
            let uri = uri_of(uri, uri_hex, filled_to);
            let new = otpauth::parse(&uri).map_err(|error| phone.failed(error))?;
            let added = token.entries().add(new).map_err(failed)?;
            Ok(phone.added(r#as, &added))
        }
        Op::Rename { token, entry, issuer, account } => {
            let label = |text: Option<String>| {
                let label = text.map(|text| Label::new(&text)).transpose();
                label.map_err(|error| phone.failed(error))
            };
            let token = phone.token(token.as_deref())?;
            let (issuer, account) = (label(issuer)?, label(account)?);
            token.entries().rename(phone.entry(&entry), issuer, account).map_err(failed)?;
            done
        }
        Op::Remove { token, entry } => {
            let token = phone.token(token.as_deref())?;
            token.entries().remove(phone.entry(&entry)).map_err(failed)?;
            done
        }
        Op::Entries { token } => {
            let entries = phone.token(token.as_deref())?.entries().list().map_err(failed)?;
            let entries = entries.iter().map(|entry| {
                let shown = observed::credential(&entry.names, entry.generator, entry.weakness);
                let Value::Object(mut shown) = shown else { unreachable!() };
                shown.insert("entry".to_owned(), observed::Called::entry(&**phone, entry.id));
                Value::Object(shown)
            });
            let entries: Vec<_> = entries.collect();
            Ok(json!({ "count": entries.len(), "entries": entries }))
        }
        Op::Advance { token, entry, request } => {
            let token = phone.token(token.as_deref())?;
            let request = phone.request(&request);
            let code = token.entries().advance(phone.entry(&entry), request).map_err(failed)?;
            Ok(observed::code(&code))
        }

        Op::SyncTime { token } => {
            let flow = phone.token(token.as_deref())?.time().sync(phone.now());
            phone.run(task, &flow)?;
            done
        }

        Op::Service { wall_ms, code, unlock, verdict, synced, ages } => {
            let unlock = unlock.map(Unlock::text);
            phone.network.set_service(wall_ms, code, unlock, verdict, (synced, ages));
            done
        }
        Op::Network { next, status, nth } => {
            let next = match (next, status) {
                (Some(fate), None) => network::Next::Fate(fate),
                (None, Some(status)) => network::Next::Status(status),
                _ => panic!("what becomes of a request is one thing"),
            };
            phone.network.set_next(next, nth.unwrap_or(1));
            done
        }
        Op::PreviewEnrolment { link } => {
            let link = phone.network.link(link.as_deref());
            let link = Link::parse(link.as_bytes()).map_err(|error| phone.failed(error))?;
            Ok(json!({ "host": link.host(), "has_activation": link.has_activation() }))
        }
        Op::Enrol { token, link, activation, r#as } => {
            let token = phone.token(token.as_deref())?;
            let link = phone.network.link(link.as_deref());
            let mut link = Link::parse(link.as_bytes()).map_err(|error| phone.failed(error))?;
            if let Some(typed) = activation {
                let code = ActivationCode::parse(typed.as_bytes());
                link = link.with_activation(code.map_err(|error| phone.failed(error))?);
            }
            let flow = token.enrolment().begin(link, BindingLevel::Hardware, phone.now());
            enrolled(phone, task, &flow, r#as)
        }
        Op::ResumeEnrolment { token, r#as } => {
            let flow = phone.token(token.as_deref())?.enrolment().resume(phone.now());
            enrolled(phone, task, &flow, r#as)
        }
        Op::PendingEnrolment { token } => phone.pending(token.as_deref()),
        Op::DiscardEnrolment { token } => {
            phone.token(token.as_deref())?.enrolment().discard().map_err(failed)?;
            done
        }

        Op::Slots { token } => {
            Ok(slots(phone.token(token.as_deref())?.slots().list().map_err(failed)?))
        }
        Op::LockedSlots { token } => {
            Ok(slots(phone.token(token.as_deref())?.locked_slots().map_err(failed)?))
        }
        Op::SetSlot { token, slot, pin, passphrase, hardware, limit } => {
            let token = phone.token(token.as_deref())?;
            let kdf = phone.kdf.of_core();
            let new = match slot {
                Kind::Device => NewSlot::Device,
                Kind::Biometric => NewSlot::Biometric,
                Kind::Passphrase => {
                    NewSlot::Passphrase(passphrase_of(phone, &passphrase.unwrap())?, kdf)
                }
                Kind::Pin => {
                    let hardware = hardware.unwrap().into();
                    let limit = limit.unwrap_or(DEFAULT_LIMIT);
                    NewSlot::Pin(pin_of(phone, &pin.unwrap())?, PinParams { kdf, hardware, limit })
                }
            };
            let flow = token.slots().set(new, phone.now());
            phone.run(task, &flow)?;
            done
        }
        Op::RemakeSlot { token, slot } => {
            let token = phone.token(token.as_deref())?;
            let flow = token.slots().remake(phone.slot(&token, slot.into()), phone.now());
            phone.run(task, &flow)?;
            done
        }
        Op::RemoveSlot { token, slot } => {
            let token = phone.token(token.as_deref())?;
            let flow = token.slots().remove(phone.slot(&token, slot.into()), phone.now());
            phone.run(task, &flow)?;
            done
        }
        Op::ChangePassphrase { token, current, new } => {
            let token = phone.token(token.as_deref())?;
            let (current, new) = (passphrase_of(phone, &current)?, passphrase_of(phone, &new)?);
            let kdf = phone.kdf.of_core();
            token.slots().change_passphrase(&current, &new, kdf).map_err(failed)?;
            done
        }

        Op::KeepFile { r#as } => {
            phone.keep(&r#as);
            done
        }
        Op::PutFile { kept } => {
            phone.put_file(&phone.kept(&kept));
            done
        }
        Op::CompareFile { kept } => Ok(json!({ "same": phone.file() == Some(phone.kept(&kept)) })),
        Op::DamageFile { from, offset, xor } => {
            let mut bytes = phone.file().unwrap();
            let at = match from {
                End::Start => offset,
                End::End => bytes.len() - 1 - offset,
            };
            bytes[at] ^= xor;
            phone.put_file(&bytes);
            done
        }
        Op::CutFile { keep } => {
            phone.put_file(&phone.file().unwrap()[..keep]);
            done
        }
        Op::WriteFile { hex } => {
            phone.put_file(&bytes_of(&hex));
            done
        }
        Op::RemoveFile {} => {
            fs::remove_file(phone.path()).unwrap();
            done
        }
        Op::HoldLock {} => {
            phone.hold_lock();
            done
        }
        Op::ReleaseLock {} => {
            phone.release_lock();
            done
        }

        Op::KeyStore {} => {
            let (keys, prompts) = phone.store.look();
            Ok(json!({ "keys": keys, "prompts": prompts }))
        }
        Op::RefuseNext { refusal } => {
            phone.store.set_next(Next::Refused(refusal.into()));
            done
        }
        Op::ThrowNext {} => {
            phone.store.set_next(Next::Thrown);
            done
        }
        Op::EmptyNext {} => {
            phone.store.set_next(Next::Emptied);
            done
        }
        Op::HoldNext { errand: Errand::Request, nth } => {
            phone.network.hold_next(nth.unwrap_or(1));
            done
        }
        Op::HoldNext { errand, nth } => {
            phone.store.hold_next(errand, nth.unwrap_or(1));
            done
        }
        Op::Release {} => {
            phone.tasks.release();
            done
        }
        Op::LoseKeys { slot } => {
            let slot = slot.map(|kind| {
                let token = Token::open(&phone.path(), random()).unwrap();
                phone.slot(&token, kind.into())
            });
            phone.store.lose(slot);
            done
        }
        Op::AnswerPrompts { with } => {
            phone.store.set_person(with);
            done
        }
        Op::ChangeBiometrics {} => {
            phone.store.change_biometrics();
            done
        }

        Op::Start { task, step } => {
            let Step { op, expect: None, error: None, .. } = Step::parse(&step) else {
                panic!("what a task gives stands with its finish")
            };
            let (own, name) = (Arc::clone(phone), task.clone());
            phone.tasks.start(&task, move || act(&own, Some(&name), op));
            phone.tasks.settle();
            Ok(phone.tasks.look(&task))
        }
        Op::Task { task } => Ok(phone.tasks.look(&task)),
        Op::Cancel { task } => {
            phone.tasks.cancel(&task);
            done
        }
        Op::Finish { task } => phone.tasks.finish(&task),
        Op::Repeat { count, steps } => {
            for n in 0..count {
                steps.iter().for_each(|step| drop(run(phone, &numbered(step, n))));
            }
            done
        }
        Op::AtOnce { count, steps } => Ok(at_once(phone, count, &steps)),
    }
}

fn hosts_of(phone: &Phone, hosts: Option<Vec<String>>) -> Result<Vec<WebAddress>, Value> {
    let hosts = hosts.unwrap_or_default();
    let parsed: Result<_, _> = hosts.iter().map(|host| WebAddress::parse(host)).collect();
    parsed.map_err(|invalid| phone.failed(Error::from(SyncError::from(invalid))))
}

fn enrolled(phone: &Phone, task: Option<&str>, flow: &Flow, name: Option<String>) -> Outcome {
    match phone.run(task, flow)? {
        token::Outcome::Enrolled(added) => Ok(phone.added(name, &added)),
        other => panic!("{other:?}"),
    }
}

/// Runs that many steps, each in a thread of its own, all from one signal on.
fn at_once(phone: &Arc<Phone>, count: u32, steps: &[Value]) -> Value {
    let signal = Barrier::new(usize::try_from(count).unwrap());
    let all: Vec<_> = (0..count).zip(steps.iter().cycle()).collect();
    let results: Vec<_> = thread::scope(|scope| {
        let started = all.into_iter().map(|(n, step)| {
            let step = numbered(step, n);
            let signal = &signal;
            scope.spawn(move || {
                signal.wait();
                run(phone, &step)
            })
        });
        let started: Vec<_> = started.collect();
        let joined = started.into_iter().map(ScopedJoinHandle::join);
        joined.map(|ended| ended.unwrap_or_else(|panic| resume_unwind(panic)).to_string()).collect()
    });
    let distinct = results.iter().collect::<BTreeSet<_>>().len();
    json!({ "distinct": distinct })
}
