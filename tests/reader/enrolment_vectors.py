"""Makes tests/vectors/enrolment.json by the implementation beside this file. `check.py` compares.

To write it anew: python3 tests/reader/enrolment_vectors.py > tests/vectors/enrolment.json
"""
import base64, hmac, json, struct, sys
from xml.sax.saxutils import escape, quoteattr

sys.dont_write_bytecode = True
import enrolment as e, time_vectors
from vector_bytes import flipped, random

PSKC = "urn:ietf:params:xml:ns:keyprov:pskc"
BINDINGS = ["none", "operating system", "hardware"]
TIME = 2_000_000_000
VERDICTS = ["confirmed", "code wrong", "ended", "later", "stopped"]


def package(keys):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<KeyContainer xmlns="{PSKC}" Version="1.0">\n' + "".join(keys) + "</KeyContainer>\n")


def key_package(serial, id, algorithm, seed, usage, names="", parameters="", data="", policy=""):
    secret = base64.b64encode(seed).decode()
    return (f"  <KeyPackage>\n    <DeviceInfo><Manufacturer>warifu</Manufacturer><SerialNo>{serial}"
            f"</SerialNo></DeviceInfo>\n    <Key Id={quoteattr(id)} Algorithm={quoteattr(algorithm)}>\n"
            f"      {names}{parameters}<Data><Secret><PlainValue>{secret}</PlainValue></Secret>{data}</Data>\n"
            f"      <Policy><KeyUsage>{usage}</KeyUsage>{policy}</Policy>\n    </Key>\n  </KeyPackage>\n")


def keys_of(c):
    """The key packages of a credential."""
    suite = "" if c["algorithm"] == "SHA1" else f"<Suite>HMAC-{c['algorithm']}</Suite>"
    parameters = (f"<AlgorithmParameters>{suite}<ResponseFormat Length=\"{c['digits']}\" "
                  'Encoding="DECIMAL"/></AlgorithmParameters>')
    plain = lambda name, value: f"<{name}><PlainValue>{value}</PlainValue></{name}>"
    data = (plain("Time", c["t0"]) + plain("TimeInterval", c["period"]) if c["type"] == "totp"
            else plain("Counter", c["counter"]))
    names = f"<Issuer>{escape(c['issuer'])}</Issuer>"
    if c["account"]:
        names += f"<FriendlyName>{escape(c['account'])}</FriendlyName>"
    clock = f' Clock="{c["clock"]}"' if c["clock"] else ""
    demands = ('<CredentialPolicy xmlns="urn:x-warifu:pskc:1" '
               f'Unlock="{c["unlock"]}" Export="{c["export"]}"{clock}/>')
    id = c["credential_id"]
    seed = lambda purpose: bytes.fromhex(c[purpose])
    keys = [key_package(id, id, f"{PSKC}:{c['type']}", seed("code_key"), "OTP", names, parameters, data, demands)]
    if c["sign_key"]:
        keys.append(key_package(id, id + ".sign", f"{PSKC}:ocra", seed("sign_key"), "CR"))
    keys.append(key_package(id, id + ".device", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
                            seed("device_key"), "Integrity"))
    return keys


def credential(name, **changes):
    plain = dict(credential_id="WRFU12345678", issuer="割符信用金庫", account=None, type="totp",
                 algorithm="SHA1", digits=6, t0=0, period=30, counter=None, unlock="any", export="no", clock=None,
                 code_key=random(name + " code", 20).hex(), sign_key=None,
                 device_key=random(name + " device").hex())
    return {**plain, **changes}


def confirming_code(c):
    """RFC 4226 and 6238: the code of the counter, or of the step before that of TIME."""
    factor = c["counter"] if c["type"] == "hotp" else (TIME - c["t0"]) // c["period"] - 1
    mac = hmac.digest(bytes.fromhex(c["code_key"]), struct.pack(">Q", factor), c["algorithm"])
    at = mac[-1] & 15
    number = struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff
    return str(number % 10 ** c["digits"]).zfill(c["digits"])


def base32(data):
    return base64.b32encode(data).decode().rstrip("=")


def case(name, base="https://bank.example/token", activation="", binding=0, document=None, **changes):
    issued = credential(name, **changes)
    code = confirming_code(issued)
    service_private, service_public = e.derive_key_pair(random("service"))
    app_private, app_public = e.derive_key_pair(random(name + " app"))
    id, nonce = random(name + " id", 16), random(name + " nonce", 16)
    plaintext = e.request_plaintext(id, app_public, binding, activation.encode())
    request, psk = e.make_request(service_public, random(name + " request"), plaintext)
    document = document or package(keys_of(issued))
    answer = e.make_answer(app_public, random(name + " answer"), request, psk, id, document.encode())
    device_key = bytes.fromhex(issued["device_key"])
    message = e.make_confirmation(device_key, id, request, nonce, code.encode())
    record = lambda answer=b"": e.pending_record(base.encode(), service_public, activation.encode(), id,
                                                 app_private, psk, request, answer).hex()
    assert e.open_request(service_private, request) == (plaintext, psk)
    assert e.open_answer(app_private, request, psk, id, answer) == document.encode()
    return dict(
        name=name, link=f"{base}#k={base32(service_public)}" + (f"&c={activation}" if activation else ""),
        service_random=random("service").hex(), service_private_key=service_private.hex(),
        service_public_key=service_public.hex(), binding=BINDINGS[binding], activation=activation,
        enrolment_id=id.hex(), app_random=random(name + " app").hex(), app_private_key=app_private.hex(),
        request_random=random(name + " request").hex(), request_plaintext=plaintext.hex(),
        request=request.hex(), psk=psk.hex(), record_requested=record(), package=document,
        credential=issued, answer_random=random(name + " answer").hex(), answer=answer.hex(),
        record_answered=record(answer), time=TIME, code=code, nonce=nonce.hex(), confirmation=message.hex(),
        verdicts=[dict(verdict=verdict, service_time=time,
                       bytes=e.make_verdict(device_key, message, at + 1, time).hex())
                  for at, (verdict, time) in enumerate(zip(VERDICTS, [1_767_225_600_000, 0, -1, 2**62, 1]))])


def good():
    return [
        case("open"),
        case("with an activation code", activation="1234567890123452", binding=1),
        case("on hardware, eight digits, SHA-256, signing, user verification", binding=2,
             base="https://token.bank.example:8443/a/b", activation="0000000000000000",
             algorithm="SHA256", digits=8, period=60, t0=-30, unlock="user-verification",
             account="普通預金 0001", sign_key=random("sign").hex(),
             code_key=random("code").hex()),
        case("ten digits, SHA-512, may leave the device", algorithm="SHA512", digits=10, export="yes", issuer="Bank & <Sons>", account="it's \"mine\"",
             code_key=(random("a") + random("b")).hex()),
        case("by counter, on loopback", base="http://127.0.0.1:8080", type="hotp", t0=None, period=None,
             counter=41, credential_id="ABCD"),
        other_prefixes(),
        case("whose codes want the service's time", clock="synced"),
    ]


def other_prefixes():
    """The same in another writing of XML: prefixes, single quotes, comments, references."""
    name = "with prefixes, comments and references"
    issued = credential(name, issuer="A&B 銀行")
    document = package(keys_of(issued))
    for tag in ["KeyContainer", "KeyPackage", "Key", "Data", "Policy", "Secret", "PlainValue", "Issuer"]:
        document = document.replace(f"<{tag} ", f"<p:{tag} ").replace(f"<{tag}>", f"<p:{tag}>")
        document = document.replace(f"</{tag}>", f"</p:{tag}>")
    document = document.replace(f'xmlns="{PSKC}"', f"xmlns:p='{PSKC}' xmlns='{PSKC}'")
    document = document.replace("<p:Data>", "<!-- a key -->\r\n<p:Data>\n")
    document = document.replace("A&amp;B 銀行", "&#65;&#x26;B <!-- 銀 -->銀行")
    return case(name, document=document, issuer="A&B 銀行")


# ---- What is refused. ----

def bad_links():
    key = "k=" + base32(e.derive_key_pair(random("service"))[1])
    base = "https://bank.example/token"
    return [dict(link=link, error=error) for link, error in [
        ("", "NotALink"),
        ("otpauth://totp/a?secret=b", "NotALink"),
        ("ftp://bank.example#" + key, "NotALink"),
        ("http://bank.example/token#" + key, "Insecure"),
        ("http://127.0.0.1.example/#" + key, "Insecure"),
        ("http://localhost.example/#" + key, "Insecure"),
        (f"{base}", "NoKey"),
        (f"{base}#", "NoKey"),
        (f"{base}#c=1234567890123452", "NoKey"),
        (f"{base}#{key}&{key}", "Repeated"),
        (f"{base}#{key}&c=1234567890123452&c=1234567890123452", "Repeated"),
        (f"{base}#{key}&x=1", "UnknownParameter"),
        (f"{base}#{key}&", "Malformed"),
        (f"{base}#{key[:-1]}", "BadKey"),
        (f"{base}#{key}A", "BadKey"),
        (f"{base}#{key.lower().replace('k=', 'k=', 1)}", "BadKey"),
        (f"{base}#{key[:-1]}B", "BadKey"),
        (f"{base}#{key}&c=1234567890123453", "Activation(Mistyped)"),
        (f"{base}#{key}&c=123456789012345", "Activation(WrongLength)"),
        (f"{base}#{key}&c=1234-5678-9012-3452", "Activation(NotDigits)"),
        (f"https://user@bank.example/#{key}", "Malformed"),
        (f"{base}?a=b#{key}", "Malformed"),
        (f"https:///token#{key}", "Malformed"),
        (f"https://bank.example:99999/#{key}", "Malformed"),
        (f"https://bank.example:/#{key}", "Malformed"),
        (f"https://[::1/#{key}", "Malformed"),
        (f"https://bank example/#{key}", "Malformed"),
        (f"https://銀行.example/#{key}", "Malformed"),
        (f"https://bank.example/{'a' * 500}#{key}", "TooLong"),
        (f"{base}#{key}&c={'1' * 600}", "TooLong"),
    ]]


def bad_codes():
    return [dict(typed=typed, error=error) for typed, error in [
        ("", "WrongLength"), ("123456789012345", "WrongLength"), ("12345678901234520", "WrongLength"),
        ("1234567890123451", "Mistyped"), ("2134567890123452", "Mistyped"),
        ("1234567890123O52", "NotDigits"), ("1234567890123452" + " " * 120, "NotDigits"),
        ("１２３４５６７８９０１２３４５１", "Mistyped"), ("٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠", "NotDigits"),
    ]]


def bad_packages():
    sound = keys_of(credential("bad", sign_key=random("sign").hex()))
    text = package(sound)
    code, sign, device = sound
    without = lambda part: text.replace(part, "", 1)
    swap = lambda old, new: text.replace(old, new, 1) if old in text else 1 / 0
    missing = lambda part: f"Missing {{ part: {part} }}"
    range = lambda part: f"OutOfRange {{ part: {part} }}"
    twice = lambda part: f"Repeated {{ part: {part} }}"
    seed = base64.b64encode(random("bad code", 20)).decode()
    plain = f"<PlainValue>{seed}</PlainValue>"
    device_seed = base64.b64encode(random("bad device")).decode()
    deep = "<KeyPackage>" * 12 + "</KeyPackage>" * 12
    wide = "<KeyPackage/>" * 256
    return [dict(name=name, package=document, error=error) for name, document, error in [
        ("nothing", "", "Malformed"),
        ("no XML", "Hello", "Malformed"),
        ("cut", text[:-20], "Malformed"),
        ("two documents", text + "<KeyContainer/>", "Malformed"),
        ("text behind", text + "more", "Malformed"),
        ("a tag closed by another", swap("</Issuer>", "</Key>"), "Malformed"),
        ("an attribute twice", swap('Length="6"', 'Length="6" Length="6"'), "Malformed"),
        ("too long", text + " " * 12_288, "TooLong"),
        ("a document type", swap("<KeyContainer", "<!DOCTYPE KeyContainer><KeyContainer"), "NotTaken"),
        ("an entity of its own", swap("割符信用金庫", "&bank;"), "NotTaken"),
        ("a processing instruction", swap("<KeyContainer", "<?do it?><KeyContainer"), "NotTaken"),
        ("a CDATA section", swap("割符信用金庫", "<![CDATA[割符信用金庫]]>"), "NotTaken"),
        ("another encoding", swap("UTF-8", "Shift_JIS"), "NotTaken"),
        ("too deep", swap("<KeyPackage>", deep + "<KeyPackage>"), "TooComplex"),
        ("too many elements", swap("<KeyPackage>", wide + "<KeyPackage>"), "TooComplex"),
        ("another root", "<KeyPackage xmlns=\"%s\"/>" % PSKC, missing("KeyContainer")),
        ("another namespace", swap(f'xmlns="{PSKC}"', 'xmlns="urn:example"'), "Unknown"),
        ("no namespace", swap(f' xmlns="{PSKC}"', ""), "Unknown"),
        ("the policy in PSKC's namespace", swap(' xmlns="urn:x-warifu:pskc:1"', ""), "Unknown"),
        ("an unknown element", swap("<Policy>", "<Extension/><Policy>"), "Unknown"),
        ("an encrypted value", swap(plain, "<EncryptedValue/>"), "Unknown"),
        ("an unknown attribute", swap('Version="1.0"', 'Version="1.0" Color="red"'), "Unknown"),
        ("an attribute that is elsewhere", swap('Version="1.0"', 'Version="1.0" Id="a"'), "Unknown"),
        ("an element that is elsewhere", swap("<Policy>", "<Counter/><Policy>"), "Unknown"),
        ("text between elements", swap("<Policy>", "text<Policy>"), "Unknown"),
        ("another version", swap('Version="1.0"', 'Version="2.0"'), range("Version")),
        ("no version", swap(' Version="1.0"', ""), missing("Version")),
        ("no key", package([]), missing("KeyPackage")),
        ("no code key", package([sign, device]), missing("KeyPackage")),
        ("no device key", package([code, sign]), missing("KeyPackage")),
        ("two code keys", package([code, code, device]), twice("KeyUsage")),
        ("two device keys", package([code, device, device]), twice("KeyUsage")),
        ("no device information", without("<DeviceInfo><Manufacturer>warifu</Manufacturer>"
                                          "<SerialNo>WRFU12345678</SerialNo></DeviceInfo>"), missing("DeviceInfo")),
        ("no serial number", without("<SerialNo>WRFU12345678</SerialNo>"), missing("SerialNo")),
        ("no issuer", without("<Issuer>割符信用金庫</Issuer>"), missing("Issuer")),
        ("two issuers", swap("<Issuer>", "<Issuer>a</Issuer><Issuer>"), twice("Issuer")),
        ("an issuer that deceives", swap("割符信用金庫", "割符\u202e信用金庫"), "Label(ForbiddenCharacter)"),
        ("an empty issuer", swap("割符信用金庫", " "), "Label(Empty)"),
        ("no parameters", swap(text[text.index("<AlgorithmParameters>"):text.index("<Data>")], ""),
         missing("AlgorithmParameters")),
        ("parameters of the device key", text.replace(
            f"<Data><Secret><PlainValue>{device_seed}", "<AlgorithmParameters/><Data><Secret><PlainValue>"
            + device_seed), "Unknown"),
        ("a name of the device key", text.replace(f"<Data><Secret><PlainValue>{device_seed}",
         f"<Issuer>a</Issuer><Data><Secret><PlainValue>{device_seed}"), "Unknown"),
        ("five digits", swap('Length="6"', 'Length="5"'), range("Length")),
        ("eleven digits", swap('Length="6"', 'Length="11"'), range("Length")),
        ("a signed number of digits", swap('Length="6"', 'Length="+6"'), range("Length")),
        ("no length", swap('Length="6" ', ""), missing("Length")),
        ("another encoding of codes", swap("DECIMAL", "HEXADECIMAL"), range("Encoding")),
        ("another suite", swap("<ResponseFormat", "<Suite>HMAC-MD5</Suite><ResponseFormat"), range("Suite")),
        ("another algorithm", swap(":pskc:totp", ":pskc:pin"), range("Algorithm")),
        ("another algorithm of the device key", swap("#hmac-sha256", "#hmac-sha512"), range("Algorithm")),
        ("another usage", swap("<KeyUsage>OTP", "<KeyUsage>Unlock"), range("KeyUsage")),
        ("no policy", swap(text[text.index("<Policy>"):text.index("</Policy>") + 9], ""), missing("Policy")),
        ("an unlock that is not known", swap('Unlock="any"', 'Unlock="retina"'), range("Unlock")),
        ("an export that is not known", swap('Export="no"', 'Export="maybe"'), range("Export")),
        ("a demand on the clock that is not known", swap('Export="no"', 'Export="no" Clock="sundial"'), range("Clock")),
        ("no export", swap(' Export="no"', ""), missing("Export")),
        ("demands of the device key", text.replace("<KeyUsage>Integrity</KeyUsage>", "<KeyUsage>Integrity"
         '</KeyUsage><CredentialPolicy xmlns="urn:x-warifu:pskc:1" Unlock="any" Export="no"/>'), "Unknown"),
        ("a period of nothing", swap("<PlainValue>30<", "<PlainValue>0<"), range("TimeInterval")),
        ("a period beyond a day", swap("<PlainValue>30<", "<PlainValue>86401<"), range("TimeInterval")),
        ("no period", without("<TimeInterval><PlainValue>30</PlainValue></TimeInterval>"), missing("TimeInterval")),
        ("a time that is no number", swap("<PlainValue>0<", "<PlainValue>now<"), range("Time")),
        ("no value", without(plain), missing("PlainValue")),
        ("two values", swap(plain, plain * 2), twice("PlainValue")),
        ("a key that is not base64", swap(seed, "=" + seed[1:]), "NotBase64"),
        ("a key in hexadecimal", swap(seed, random("bad code", 21).hex() + "0"), "NotBase64"),
        ("a key in two pieces", swap(seed, seed[:4] + "<!-- -->" + seed[4:]), "NotBase64"),
        ("an empty key", swap(seed, ""), "NotBase64"),
        ("a key of nine bytes", swap(seed, base64.b64encode(bytes(9)).decode()), "Seed(TooShort)"),
        ("a key of 257 bytes", swap(seed, base64.b64encode(bytes(257)).decode()), "Seed(TooLong)"),
        ("a device key of 31 bytes", swap(device_seed, base64.b64encode(bytes(31)).decode()), "DeviceKeyLength"),
        ("another ID in a key", swap('Id="WRFU12345678.device"', 'Id="WRFU12345679.device"'), "CredentialId"),
        ("another suffix", swap('Id="WRFU12345678.device"', 'Id="WRFU12345678.code"'), "CredentialId"),
        ("another serial number", package([code, sign, device.replace("5678</S", "5679</S")]), "CredentialId"),
        ("an ID in lower case", text.replace("WRFU12345678", "wrfu12345678"), "CredentialId"),
        ("an ID of three", text.replace("WRFU12345678", "WRF"), "CredentialId"),
        ("a counter that is the last", package(keys_of(credential("bad", type="hotp", counter=2**64 - 1))),
         range("Counter")),
    ]]


def bad_answers(cases):
    one, other = cases[0], cases[1]
    request, psk, id = (bytes.fromhex(one[name]) for name in ("request", "psk", "enrolment_id"))
    app = e.public_key(bytes.fromhex(one["app_private_key"]))
    document = one["package"].encode()
    make = lambda app=app, request=request, psk=psk, id=id, document=document: e.make_answer(
        app, random("bad answer"), request, psk, id, document).hex()
    sound = make()
    return [dict(name=name, answer=answer, error=error) for name, answer, error in [
        ("nothing", "", "Malformed"),
        ("48 bytes", sound[:96], "Malformed"),
        ("another version", "02" + sound[2:], "Malformed"),
        ("too long", sound + "00" * 16_384, "TooLong"),
        ("the answer to another request", other["answer"], "NotForUs"),
        ("bound to another request", make(request=bytes(153)), "NotForUs"),
        ("made without the psk", make(psk=bytes(32)), "NotForUs"),
        ("under another enrolment ID", make(id=bytes(16)), "NotForUs"),
        ("for another token", make(app=e.derive_key_pair(bytes(32))[1]), "NotForUs"),
        ("an encapsulation of nothing", "01" + "00" * 32 + sound[66:], "NotForUs"),
        ("cut by a byte", sound[:-2], "NotForUs"),
        ("a byte more", sound + "00", "NotForUs"),
        ("a package that is none", make(document=b"<a/>"), "Package(Unknown)"),
        ("an empty package", make(document=b""), "Package(Malformed)"),
    ]]


def bad_verdicts(cases):
    one, other = cases[0], cases[1]
    key, message = bytes.fromhex(one["credential"]["device_key"]), bytes.fromhex(one["confirmation"])
    make = lambda key=key, message=message, **more: e.make_verdict(key, message, more.pop("verdict", 1), 7, **more).hex()
    sound = make()
    return [dict(name=name, verdict=verdict, error=error) for name, verdict, error in [
        ("nothing", "", "Malformed"), ("a byte less", sound[:-2], "Malformed"),
        ("a byte more", sound + "00", "Malformed"),
        *[(f"byte {at} flipped", flipped(sound, at), "NotGenuine") for at in range(42)],
        ("under another key", make(key=bytes(32)), "NotGenuine"),
        ("on another message", make(message=message[:-1]), "NotGenuine"),
        ("of another enrolment", other["verdicts"][0]["bytes"], "NotGenuine"),
        ("a sixth verdict", make(verdict=6), "Newer"), ("verdict 0", make(verdict=0), "Newer"),
        ("a later version", make(version=2), "Newer"),
    ]]


def bad_requests(cases):
    """What a service refuses."""
    one = cases[1]
    _, service = e.derive_key_pair(random("service"))
    plain = bytes.fromhex(one["request_plaintext"])
    make = lambda plain, service=service: e.make_request(service, random("bad request"), plain)[0].hex()
    sound = make(plain)
    with_byte = lambda at, value: make(plain[:at] + bytes([value]) + plain[at + 1:])
    return [dict(name=name, request=request, error=error) for name, request, error in [
        ("nothing", "", "malformed"), ("cut by a byte", sound[:-2], "malformed"),
        ("a byte more", sound + "00", "malformed"), ("another version", "02" + sound[2:], "malformed"),
        ("an unknown service key", make(plain, e.derive_key_pair(bytes(32))[1]), "unknown key"),
        ("a changed byte", sound[:-2] + f"{int(sound[-2:], 16) ^ 1:02x}", "does not open"),
        ("an encapsulation of nothing", sound[:18] + "00" * 32 + sound[82:], "does not open"),
        ("another layout", with_byte(0, 2), "malformed"),
        ("a fourth binding level", with_byte(49, 3), "malformed"),
        ("a code of eight digits", with_byte(50, 8), "malformed"),
        ("no code, and digits", with_byte(50, 0), "malformed"),
        ("a code that is no digits", with_byte(51, 65), "malformed"),
        ("a code with another check digit", with_byte(66, 51), "malformed"),
        ("no zeros at the end", with_byte(95, 1), "malformed"),
        ("a public key of nothing", make(plain[:17] + bytes(32) + plain[49:]), "malformed"),
    ]]


def vectors():
    cases, asked = good(), time_vectors.good()
    return {
        "note": "whole enrolments and questions for the time, byte by byte (docs/enrolment.md), and what is "
                "refused; made by tests/reader/enrolment_vectors.py. Random bytes are SHA-256 of a name.",
        "enrolments": cases,
        "times": asked,
        "refused": dict(links=bad_links(), activation_codes=bad_codes(), packages=bad_packages(),
                        answers=bad_answers(cases), verdicts=bad_verdicts(cases),
                        requests=bad_requests(cases), time_queries=time_vectors.bad_queries(asked),
                        time_answers=time_vectors.bad_answers(asked)),
    }


def as_text():
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
