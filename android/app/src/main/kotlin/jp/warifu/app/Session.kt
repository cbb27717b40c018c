package jp.warifu.app

import jp.warifu.Code
import jp.warifu.Deadline
import jp.warifu.EntryId
import jp.warifu.LockStatus
import jp.warifu.RequestId
import jp.warifu.SlotKind
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.WarifuException
import jp.warifu.app.state.Codes
import jp.warifu.app.state.KeypadState
import jp.warifu.app.state.Page
import jp.warifu.app.state.Words
import jp.warifu.app.state.codesOf
import jp.warifu.app.state.troubleOf
import jp.warifu.app.state.unlockKeypad
import jp.warifu.deadline
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
import kotlinx.coroutines.withContext

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
    private val typed = Digits()
    private var onEntered: (Digits) -> Unit = {}
    private var again: () -> Unit = {}
    private var leaving: Leaving? = null
    private var isAsking = true

    /** What is shown. */
    val page: StateFlow<Page> = shown.asStateFlow()

    /** Credentials on their way in. */
    val adding = Adding(this)

    /** The ways to open it. */
    val locks = Locks(this)

    /** What opens it while it is locked. */
    val unlocking = Unlocking(this)

    /** What the settings change. */
    val managing = Managing(this)

    /** The token, once there is one. */
    var token: Token? = null
        internal set

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
        try {
            token = with(parts) { Token.open(vault, clock, keys, http, dispatcher = dispatcher) }
        } catch (_: WarifuException.NotFound) {
            return@work adding.welcome()
        }
        enter()
    }

    // ---- Open and shut. ----

    /** Goes to the codes, or to what has to come before them. */
    internal suspend fun enter() {
        val token = token ?: return adding.welcome()
        if (!token.isUnlocked) {
            val slots = token.lockedSlots()
            isAsking = slots.none { it.kind == SlotKind.Device }
            if (isAsking) return unlocking.ask(unlockKeypad(slots))
            token.unlock(Unlock.Device)
        }
        home()
    }

    /** Where an open token begins. */
    internal suspend fun home() {
        val token = token ?: return adding.welcome()
        isAsking = token.slots.list().none { it.kind == SlotKind.Device }
        adding.goTo(adding.waysInto(token) ?: Page.OfCodes(made))
    }

    /** Shuts it now. */
    fun lock() {
        token?.lock()
        forget()
        work(says = null) { enter() }
    }

    /** Nothing of the app is seen any more. It stays open for a while: to a browser and back. */
    fun leave() {
        typed.wipe()
        pad { it.copy(typed = 0) }
        if (!isAsking || token?.isUnlocked != true) return
        val end = parts.clock.deadline(parts.lockAfter)
        leaving = Leaving(
            end,
            scope.launch {
                end.await()
                lock()
            },
        )
    }

    /** It is seen again. A process that was frozen meanwhile is late, and locks now. */
    fun come() {
        val left = leaving ?: return
        leaving = null
        left.job.cancel()
        if (left.end.hasPassed() && token?.isUnlocked == true) lock()
    }

    // ---- The codes. ----

    /** What to draw, from now on, while somebody looks. It ends where the token is shut. */
    fun codes(page: Page.OfCodes): Flow<Codes>? = token?.let { token ->
        token.screens()
            .onEach { if (it.lock == LockStatus.LOCKED && shown.value is Page.OfCodes) work(null) { enter() } }
            .filter { it.lock == LockStatus.UNLOCKED }
            .map { codesOf(it, page.made) }
    }

    /** The screens failed: say why. */
    internal fun failed(why: WarifuException) {
        again = { work(null) { enter() } }
        trouble(why)
    }

    /** Makes the next code of a card with a button. The same press is repeated until its code has come. */
    fun make(id: EntryId) = work(says = null, keepsPage = true) {
        val press = presses.getOrPut(id, RequestId::random)
        val token = checkNotNull(token)
        made += id to token.entries.advance(id, press)
        presses.remove(id)
        show(Page.OfCodes(made))
    }

    /** Asks the banks for their time. */
    fun sync(then: suspend () -> Unit = { home() }) = work(Words(R.string.checking_time)) {
        checkNotNull(token).time.sync()
        then()
    }

    // ---- The keypad, whatever it is for. ----

    /** Shows a keypad, and hands what was typed to whom it is for. */
    internal fun keypad(state: KeypadState, onEntered: (Digits) -> Unit) {
        typed.wipe()
        this.onEntered = onEntered
        show(Page.Keypad(state))
    }

    /** A digit was pressed. */
    fun press(digit: Int) = keyed { typed.press(digit) }

    /** The last digit is taken back. */
    fun erase() = keyed { typed.erase() }

    /** The typing has ended. */
    fun entered() {
        val isOpen = (shown.value as? Page.Keypad)?.state?.isOpen ?: false
        if (isOpen && typed.count > 0) onEntered(typed)
    }

    private fun keyed(change: () -> Unit) {
        if ((shown.value as? Page.Keypad)?.state?.isOpen != true) return
        change()
        pad { it.copy(typed = typed.count, message = null, trouble = null) }
    }

    /** Changes the keypad that is shown, if one is. */
    internal fun pad(change: (KeypadState) -> KeypadState) {
        val keypad = shown.value as? Page.Keypad ?: return
        show(Page.Keypad(change(keypad.state)))
    }

    // ---- Pages. ----

    /** Goes where the back key leads; false where that is out of the app. */
    fun back(): Boolean {
        when (val page = shown.value) {
            is Page.Add -> if (page.isFirst) return false else work(null) { home() }
            is Page.OfCodes, is Page.Busy -> return false
            is Page.Keypad -> if (token?.isUnlocked == true) work(null) { home() } else return false
            Page.Paste, Page.Scan, is Page.Unseen, is Page.Offer -> adding.cancel()
            is Page.OfEntry, is Page.Report, Page.About -> managing.open()
            is Page.Lock -> if (page.isDemanded) work(null) { home() } else managing.open()
            is Page.Remove -> managing.open(page.entry)
            is Page.Settings, Page.StartOver, is Page.Trouble -> work(null) { enter() }
        }
        return true
    }

    /** The same again, after something did not work. */
    fun retry() = again()

    internal fun show(page: Page) {
        shown.value = page
    }

    /** Does something that may fail, and says so where it does. */
    internal fun work(says: Words?, keepsPage: Boolean = false, work: suspend () -> Unit) {
        again = { work(says, keepsPage, work) }
        if (!keepsPage) show(Page.Busy(says))
        scope.launch {
            try {
                work()
            } catch (why: WarifuException) {
                trouble(why)
            }
        }
    }

    /** What a backup may hold follows what there is. */
    internal suspend fun changed() {
        val token = token ?: return
        token.anchor()
        val text = Token.writeMarker(token.marker())
        withContext(parts.dispatcher) { parts.marker.writeText(text) }
    }

    private fun trouble(why: WarifuException) {
        lastSupportCode = why.supportCode ?: lastSupportCode
        if (why is WarifuException.Locked && token != null) return work(null) { enter() }
        show(troubleOf(why))
    }

    /** Forgets what an open token has shown and was told. */
    internal fun forget() {
        made = emptyMap()
        presses.clear()
        typed.wipe()
    }

    private class Leaving(val end: Deadline, val job: Job)
}
