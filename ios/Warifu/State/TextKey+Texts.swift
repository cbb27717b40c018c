// Made by ios/texts from texts.toml.

extension TextKey {
    static let aboutExplain = TextKey("about_explain")
    static let account = TextKey("account")
    static let activationCode = TextKey("activation_code")
    static let activationExplain = TextKey("activation_explain")
    static let addBiometrics = TextKey("add_biometrics")
    static let addHeading = TextKey("add_heading")
    static let againBiometrics = TextKey("again_biometrics")
    static let back = TextKey("back")
    static let cameraRefused = TextKey("camera_refused")
    static let cancel = TextKey("cancel")
    static let capturedExplain = TextKey("captured_explain")
    static let capturedHeading = TextKey("captured_heading")
    static let changePIN = TextKey("change_pin")
    static let checkTime = TextKey("check_time")
    static let checking = TextKey("checking")
    static let checkingTime = TextKey("checking_time")
    static let clockAhead = TextKey("clock_ahead")
    static let clockBehind = TextKey("clock_behind")
    static let clockContradicted = TextKey("clock_contradicted")
    static let clockNotSynced = TextKey("clock_not_synced")
    static let clockOld = TextKey("clock_old")
    static let clockSetDate = TextKey("clock_set_date")
    static let clockStale = TextKey("clock_stale")
    static let clockSure = TextKey("clock_sure")
    static let clockUnclear = TextKey("clock_unclear")
    static let clockUnsynced = TextKey("clock_unsynced")
    static let close = TextKey("close")
    static let codeSpoken = TextKey("code_spoken")
    static let copied = TextKey("copied")
    static let credentialID = TextKey("credential_id")
    static let eraseAll = TextKey("erase_all")
    static let erasedExplain = TextKey("erased_explain")
    static let erasedHeading = TextKey("erased_heading")
    static let firstChoose = TextKey("first_choose")
    static let firstExplain = TextKey("first_explain")
    static let firstFromBank = TextKey("first_from_bank")
    static let firstHeading = TextKey("first_heading")
    static let firstLink = TextKey("first_link")
    static let firstPicture = TextKey("first_picture")
    static let firstScan = TextKey("first_scan")
    static let goOn = TextKey("go_on")
    static let headingAbout = TextKey("heading_about")
    static let headingCodes = TextKey("heading_codes")
    static let headingReport = TextKey("heading_report")
    static let headingSettings = TextKey("heading_settings")
    static let help = TextKey("help")
    static let issuer = TextKey("issuer")
    static let keyCopy = TextKey("key_copy")
    static let keyErase = TextKey("key_erase")
    static let keyOpen = TextKey("key_open")
    static let keySet = TextKey("key_set")
    static let kind = TextKey("kind")
    static let kindHotp = TextKey("kind_hotp")
    static let kindTotp = TextKey("kind_totp")
    static let language = TextKey("language")
    static let languageExplain = TextKey("language_explain")
    static let licences = TextKey("licences")
    static let link = TextKey("link")
    static let lockDemanded = TextKey("lock_demanded")
    static let lockExplain = TextKey("lock_explain")
    static let lockHeading = TextKey("lock_heading")
    static let lockIsBiometrics = TextKey("lock_is_biometrics")
    static let lockIsBoth = TextKey("lock_is_both")
    static let lockIsNone = TextKey("lock_is_none")
    static let lockIsPIN = TextKey("lock_is_pin")
    static let lockNow = TextKey("lock_now")
    static let lostDone = TextKey("lost_done")
    static let makeAnother = TextKey("make_another")
    static let makeCode = TextKey("make_code")
    static let makeWhenAsked = TextKey("make_when_asked")
    static let needsSync = TextKey("needs_sync")
    static let newPIN = TextKey("new_pin")
    static let newPINAgain = TextKey("new_pin_again")
    static let newPINExplain = TextKey("new_pin_explain")
    static let nextCode = TextKey("next_code")
    static let noName = TextKey("no_name")
    static let none = TextKey("none")
    static let notYet = TextKey("not_yet")
    static let noticeBrokenLock = TextKey("notice_broken_lock")
    static let noticeLock = TextKey("notice_lock")
    static let noticeLook = TextKey("notice_look")
    static let noticeLostBanks = TextKey("notice_lost_banks")
    static let noticePending = TextKey("notice_pending")
    static let noticePINCount = TextKey("notice_pin_count")
    static let noticeUnread = TextKey("notice_unread")
    static let offerExplain = TextKey("offer_explain")
    static let offerHeading = TextKey("offer_heading")
    static let offerServiceExplain = TextKey("offer_service_explain")
    static let openSettings = TextKey("open_settings")
    static let pasteExplain = TextKey("paste_explain")
    static let pasteHeading = TextKey("paste_heading")
    static let pendingDiscard = TextKey("pending_discard")
    static let pendingExplain = TextKey("pending_explain")
    static let pendingGoOn = TextKey("pending_go_on")
    static let pendingUnreadable = TextKey("pending_unreadable")
    static let pinDeadChooseNew = TextKey("pin_dead_choose_new")
    static let pinLastTry = TextKey("pin_last_try")
    static let pinMustWait = TextKey("pin_must_wait")
    static let pinTyped = TextKey("pin_typed")
    static let pinWait = TextKey("pin_wait")
    static let pinWrong = TextKey("pin_wrong")
    static let pinsDiffer = TextKey("pins_differ")
    static let promptReason = TextKey("prompt_reason")
    static let proveBiometrics = TextKey("prove_biometrics")
    static let proveByBiometrics = TextKey("prove_by_biometrics")
    static let proveByPIN = TextKey("prove_by_pin")
    static let readingPicture = TextKey("reading_picture")
    static let register = TextKey("register")
    static let registerAnew = TextKey("register_anew")
    static let registerAnewExplain = TextKey("register_anew_explain")
    static let registerAnewHeading = TextKey("register_anew_heading")
    static let registering = TextKey("registering")
    static let remove = TextKey("remove")
    static let removeBiometrics = TextKey("remove_biometrics")
    static let removeByPIN = TextKey("remove_by_pin")
    static let removeExplain = TextKey("remove_explain")
    static let removeHeading = TextKey("remove_heading")
    static let removeLock = TextKey("remove_lock")
    static let rename = TextKey("rename")
    static let renameExplain = TextKey("rename_explain")
    static let reportApp = TextKey("report_app")
    static let reportEntries = TextKey("report_entries")
    static let reportError = TextKey("report_error")
    static let reportExplain = TextKey("report_explain")
    static let reportNothing = TextKey("report_nothing")
    static let reportSystem = TextKey("report_system")
    static let reportUnreadable = TextKey("report_unreadable")
    static let restoredBank = TextKey("restored_bank")
    static let restoredExplain = TextKey("restored_explain")
    static let restoredHeading = TextKey("restored_heading")
    static let save = TextKey("save")
    static let saving = TextKey("saving")
    static let scanExplain = TextKey("scan_explain")
    static let scanHeading = TextKey("scan_heading")
    static let screenshotExplain = TextKey("screenshot_explain")
    static let screenshotHeading = TextKey("screenshot_heading")
    static let secondsLeft = TextKey("seconds_left")
    static let sectionEntries = TextKey("section_entries")
    static let service = TextKey("service")
    static let setPIN = TextKey("set_pin")
    static let spanDays = TextKey("span_days")
    static let spanHours = TextKey("span_hours")
    static let spanMinutes = TextKey("span_minutes")
    static let spanSeconds = TextKey("span_seconds")
    static let spanWholeDays = TextKey("span_whole_days")
    static let spanWholeHours = TextKey("span_whole_hours")
    static let spanWholeMinutes = TextKey("span_whole_minutes")
    static let supportCode = TextKey("support_code")
    static let time = TextKey("time")
    static let tryAgain = TextKey("try_again")
    static let tryNext = TextKey("try_next")
    static let tryPrevious = TextKey("try_previous")
    static let unexpectedNext = TextKey("unexpected_next")
    static let unexpectedWhat = TextKey("unexpected_what")
    static let unlockByBiometrics = TextKey("unlock_by_biometrics")
    static let unlockByPIN = TextKey("unlock_by_pin")
    static let unlockHeading = TextKey("unlock_heading")
    static let useBiometrics = TextKey("use_biometrics")
    static let weak = TextKey("weak")
    static let worksOnce = TextKey("works_once")

    /// Every text but those of errors.
    static let all: [TextKey] = [
        .aboutExplain,
        .account,
        .activationCode,
        .activationExplain,
        .addBiometrics,
        .addHeading,
        .againBiometrics,
        .back,
        .cameraRefused,
        .cancel,
        .capturedExplain,
        .capturedHeading,
        .changePIN,
        .checkTime,
        .checking,
        .checkingTime,
        .clockAhead,
        .clockBehind,
        .clockContradicted,
        .clockNotSynced,
        .clockOld,
        .clockSetDate,
        .clockStale,
        .clockSure,
        .clockUnclear,
        .clockUnsynced,
        .close,
        .codeSpoken,
        .copied,
        .credentialID,
        .eraseAll,
        .erasedExplain,
        .erasedHeading,
        .firstChoose,
        .firstExplain,
        .firstFromBank,
        .firstHeading,
        .firstLink,
        .firstPicture,
        .firstScan,
        .goOn,
        .headingAbout,
        .headingCodes,
        .headingReport,
        .headingSettings,
        .help,
        .issuer,
        .keyCopy,
        .keyErase,
        .keyOpen,
        .keySet,
        .kind,
        .kindHotp,
        .kindTotp,
        .language,
        .languageExplain,
        .licences,
        .link,
        .lockDemanded,
        .lockExplain,
        .lockHeading,
        .lockIsBiometrics,
        .lockIsBoth,
        .lockIsNone,
        .lockIsPIN,
        .lockNow,
        .lostDone,
        .makeAnother,
        .makeCode,
        .makeWhenAsked,
        .needsSync,
        .newPIN,
        .newPINAgain,
        .newPINExplain,
        .nextCode,
        .noName,
        .none,
        .notYet,
        .noticeBrokenLock,
        .noticeLock,
        .noticeLook,
        .noticeLostBanks,
        .noticePending,
        .noticePINCount,
        .noticeUnread,
        .offerExplain,
        .offerHeading,
        .offerServiceExplain,
        .openSettings,
        .pasteExplain,
        .pasteHeading,
        .pendingDiscard,
        .pendingExplain,
        .pendingGoOn,
        .pendingUnreadable,
        .pinDeadChooseNew,
        .pinLastTry,
        .pinMustWait,
        .pinTyped,
        .pinWait,
        .pinWrong,
        .pinsDiffer,
        .promptReason,
        .proveBiometrics,
        .proveByBiometrics,
        .proveByPIN,
        .readingPicture,
        .register,
        .registerAnew,
        .registerAnewExplain,
        .registerAnewHeading,
        .registering,
        .remove,
        .removeBiometrics,
        .removeByPIN,
        .removeExplain,
        .removeHeading,
        .removeLock,
        .rename,
        .renameExplain,
        .reportApp,
        .reportEntries,
        .reportError,
        .reportExplain,
        .reportNothing,
        .reportSystem,
        .reportUnreadable,
        .restoredBank,
        .restoredExplain,
        .restoredHeading,
        .save,
        .saving,
        .scanExplain,
        .scanHeading,
        .screenshotExplain,
        .screenshotHeading,
        .secondsLeft,
        .sectionEntries,
        .service,
        .setPIN,
        .spanDays,
        .spanHours,
        .spanMinutes,
        .spanSeconds,
        .spanWholeDays,
        .spanWholeHours,
        .spanWholeMinutes,
        .supportCode,
        .time,
        .tryAgain,
        .tryNext,
        .tryPrevious,
        .unexpectedNext,
        .unexpectedWhat,
        .unlockByBiometrics,
        .unlockByPIN,
        .unlockHeading,
        .useBiometrics,
        .weak,
        .worksOnce,
    ]

    /// The support codes that have words.
    static let supportCodes: Set<String> = [
        "W-101",
        "W-102",
        "W-103",
        "W-104",
        "W-105",
        "W-106",
        "W-107",
        "W-108",
        "W-109",
        "W-110",
        "W-111",
        "W-112",
        "W-113",
        "W-114",
        "W-115",
        "W-116",
        "W-117",
        "W-118",
        "W-119",
        "W-120",
        "W-121",
        "W-122",
        "W-123",
        "W-124",
        "W-125",
        "W-126",
        "W-127",
        "W-128",
        "W-129",
        "W-130",
        "W-131",
        "W-132",
        "W-133",
        "W-134",
        "W-135",
        "W-136",
        "W-137",
        "W-138",
        "W-139",
        "W-140",
        "W-201",
        "W-202",
        "W-203",
        "W-204",
        "W-205",
        "W-206",
        "W-301",
        "W-302",
        "W-303",
        "W-304",
        "W-305",
        "W-306",
        "W-307",
        "W-308",
        "W-401",
        "W-402",
        "W-403",
        "W-404",
        "W-501",
        "W-502",
        "W-503",
        "W-504",
        "W-505",
        "W-506",
        "W-507",
        "W-508",
        "W-509",
        "W-510",
        "W-511",
        "W-512",
        "W-513",
        "W-514",
        "W-515",
        "W-516",
        "W-517",
        "W-518",
        "W-519",
        "W-520",
        "W-521",
        "W-522",
        "W-523",
        "W-524",
        "W-601",
        "W-602",
        "W-603",
        "W-604",
        "W-605",
        "W-606",
        "W-607",
        "W-608",
        "W-609",
        "W-610",
        "W-611",
        "W-612",
        "W-613",
        "W-614",
        "W-615",
        "W-616",
        "W-617",
        "W-618",
        "W-619",
    ]
}
