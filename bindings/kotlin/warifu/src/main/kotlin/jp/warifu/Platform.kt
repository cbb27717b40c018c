package jp.warifu

import kotlinx.coroutines.CoroutineDispatcher
import jp.warifu.ffi.KeyErrand as FfiKeyErrand

/**
 * What a token stands on.
 *
 * @property dispatcher Where threads may be blocked.
 * @property timeHosts Web servers whose `Date` is a hint of the time.
 * @property beforeTheLine Has each errand of the key store before it waits for the others; for tests that hold one.
 */
internal class Platform(
    val clock: DeviceClock,
    val keys: KeyProtector,
    val http: HttpTransport,
    val dispatcher: CoroutineDispatcher,
    val timeHosts: List<String> = emptyList(),
    val beforeTheLine: suspend (FfiKeyErrand) -> Unit = {},
)
