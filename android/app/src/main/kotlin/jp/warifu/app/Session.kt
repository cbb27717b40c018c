package jp.warifu.app

import jp.warifu.Code
import jp.warifu.EntryId
import jp.warifu.LockStatus
import jp.warifu.RequestId
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.app.state.Codes
import jp.warifu.app.state.Next
import jp.warifu.app.state.Notice
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.codesOf
import jp.warifu.app.state.troubleOf
import jp.warifu.app.state.unlockKeypad
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch

/**
 * The one token of the app, and the page that is shown. It lives as long as the process, so that a rotation changes
 * nothing; a new process begins at [start], whatever was shown before. Everything here runs on the main thread, and
 * nothing blocks it.
 */
class Session(val parts: Parts) {
    private val scope = CoroutineScope(SupervisorJob() + MainThread)
    private val shown = MutableStateFlow<Page>(Page.Busy(null))
    private var made = emptyMap<EntryId, Code>()
    private val presses = HashMap<EntryId, RequestId>()
    private var again: () -> Unit = {}
    private var isAsking = true
    private val presence = Presence(parts.clock, parts.lockAfter, scope, ::lockIfLeft)

    /** What is shown. */
    val page: StateFlow<Page> = shown.asStateFlow()

    /** What is typed on the keypad. */
    val keypad = Keypad(this)

    /** What is being typed elsewhere. */
    val drafts = Drafts()

    /** Credentials on their way in. */
    val adding = Adding(this)

    /** The ways to open it. */
    val locks = Locks(this)

    /** What opens it while it is locked, and what shows who is there before something is changed. */
    val unlocking = Unlocking(this)

    /** What the settings change. */
    val managing = Managing(this)

    /** The token, once there is one. */
    var token: Token? = null
        internal set

    /** Whether there is nothing on this device yet, so that a token is made for the first credential. */
    internal var isNew = false

    internal val markers = Markers(parts)
    internal val findings = Findings(this)

    /** What went wrong last, for the call centre. */
    var lastSupportCode: String? = null
        internal set

    init {
        start()
    }

    /** Finds the token and opens it, or asks for what opens it. */
    fun start() = work(says = null) {
        token?.close()
        token = null
        isNew = false
        try {
            token = with(parts) { Token.open(vault, clock, keys, http, dispatcher = dispatcher) }
        } catch (_: WarifuException.NotFound) {
            isNew = true
            return@work adding.welcome()
        }
        enter()
    }

    // ---- Open and shut. ----

    /** Goes to the codes, or to what has to come before them. */
    internal suspend fun enter() {
        // A token that could not be found is looked for again: it may be there, and what is there is not to be made anew.
        val token = token ?: return if (isNew) adding.welcome() else start()
        if (!token.isUnlocked) {
            val slots = token.lockedSlots()
            isAsking = slots.none { it.kind == SlotKind.Device }
            if (isAsking) return unlocking.ask(unlockKeypad(slots))
            findings.take(token.unlock(Unlock.Device))
        }
        home()
    }

    /** Where an open token begins. */
    internal suspend fun home() {
        val token = token ?: return enter()
        seeLocks()
        adding.goTo(adding.waysInto(token) ?: Page.OfCodes(made, findings.notices(token)))
    }

    /** Whether it asks before it opens may be another now. */
    internal suspend fun seeLocks() {
        isAsking = checkNotNull(token).slots.list().none { it.kind == SlotKind.Device }
    }

    /** Shuts it now. */
    fun lock() {
        token?.lock()
        forget()
        work(says = null) { enter() }
    }

    /** Nothing of the app is seen any more. It stays open for a while: to a browser and back. */
    fun leave() {
        keypad.wipe()
        // A new PIN that is typed once is forgotten, and chosen anew.
        if (keypad.hasKept) locks.chooseAgain()
        presence.left()
    }

    /** It is seen again. A process that was frozen meanwhile is late, and locks now. */
    fun come() {
        lockIfLeft()
        presence.came()
    }

    /** Whatever is still open, or was opened, while nobody has looked for too long is shut. */
    private fun lockIfLeft() {
        if (presence.isOver && isAsking && token?.isUnlocked == true) lock()
    }

    // ---- The codes. ----

    /** What to draw, from now on, while somebody looks. It ends where the token is shut. */
    fun codes(page: Page.OfCodes): Flow<Codes>? = token?.let { token ->
        token.screens()
            .onEach { if (it.lock == LockStatus.LOCKED && shown.value is Page.OfCodes) work(null) { enter() } }
            .filter { it.lock == LockStatus.UNLOCKED }
            .map { codesOf(it, page.made) }
    }

    /** Goes to where something can be done about a notice. */
    fun attend(notice: Notice) = when (notice) {
        Notice.PENDING, Notice.LOST_BANKS -> adding.open()
        Notice.PIN_COUNT_STAYS, Notice.BROKEN_LOCK -> locks.open()
        Notice.UNREAD -> Unit
    }

    /** The screens failed: say why. */
    internal fun failed(why: Exception) {
        again = { work(null) { enter() } }
        trouble(why)
    }

    /** Makes the next code of a card with a button. The same press is repeated until its code has come. */
    fun make(id: EntryId) = work(says = null, keepsPage = true) {
        val press = presses.getOrPut(id, RequestId::random)
        val token = checkNotNull(token)
        made += id to token.entries.advance(id, press)
        presses.remove(id)
        // A person who has gone on to another page meanwhile stays there.
        (shown.value as? Page.OfCodes)?.let { show(it.copy(made = made)) }
    }

    /** Asks the banks for their time. */
    fun sync(then: suspend () -> Unit = { home() }) = work(Words(R.string.checking_time)) {
        checkNotNull(token).time.sync()
        then()
    }

    // ---- Pages. ----

    /** Goes where the back key leads; false where that is out of the app. */
    fun back(): Boolean {
        when (val page = shown.value) {
            is Page.Add -> if (page.isFirst) return false else work(null) { home() }

            is Page.OfCodes, is Page.Busy -> return false

            is Page.Keypad -> if (token?.isUnlocked == true) work(null) { home() } else return false

            Page.Paste, Page.Scan, is Page.Unseen, is Page.Offer -> adding.cancel()

            is Page.OfEntry -> managing.open()

            is Page.Report, Page.About -> managing.back()

            is Page.Lock -> if (page.isDemanded) work(null) { home() } else managing.open()

            is Page.Remove -> managing.open(page.entry)

            is Page.Settings, is Page.Help, Page.StartOver, is Page.Trouble -> {
                adding.forget()
                work(null) { enter() }
            }
        }
        return true
    }

    /** The same again, after something did not work. */
    fun retry() = again()

    internal fun show(page: Page) {
        if (page !is Page.Keypad) keypad.end()
        if (page != shown.value) drafts.wipe()
        shown.value = page
    }

    /**
     * Does something that may fail, and says so where it does.
     *
     * @param again What is done instead, if a person wants to try again: for work that has used up a secret.
     */
    internal fun work(
        says: Words?,
        keepsPage: Boolean = false,
        again: (() -> Unit)? = null,
        work: suspend () -> Unit,
    ) {
        this.again = again ?: { work(says, keepsPage, null, work) }
        if (!keepsPage) show(Page.Busy(says))
        scope.launch {
            try {
                work()
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (why: Exception) {
                trouble(why)
            }
            lockIfLeft()
        }
    }

    /** Does what nobody waits for. */
    internal fun later(work: suspend () -> Unit): Job = scope.launch { work() }

    /** What a backup may hold follows what there is. */
    internal suspend fun changed() {
        val token = token ?: return
        token.anchor()
        markers.write(token.marker())
    }

    /** What nobody has foreseen ends what was begun, and not the app. */
    private fun trouble(why: Exception) {
        if (why is WarifuException.Locked && token != null) return work(null) { enter() }
        val told = why as? WarifuException
        lastSupportCode = told?.supportCode ?: lastSupportCode
        val page = told?.let(::troubleOf) ?: Page.Trouble(supportCode = null, Next.BACK)
        if (page.next != Next.RETRY) adding.forget()
        show(page)
    }

    /** Forgets what an open token has shown and was told. */
    internal fun forget() {
        made = emptyMap()
        presses.clear()
        keypad.end()
        adding.forget()
    }
}
