package jp.warifu.ffi

import java.nio.ByteBuffer

// How the generated code copies bytes, of which some are secret. A copy as a whole goes through the vector registers,
// 16 to 64 bytes at a time, and the machine spills those onto its threads' stacks as it likes. Of one byte at a time no
// more than that one lies in a register. Every other byte first: two neighbours are what a compiler would join.

internal fun copyByByte(from: ByteArray, to: ByteBuffer) {
    val begin = to.position()
    for (parity in 0..1) for (at in parity until from.size step 2) to.put(begin + at, from[at])
    to.position(begin + from.size)
}

internal fun copyByByte(from: ByteBuffer, to: ByteArray) {
    val begin = from.position()
    for (parity in 0..1) for (at in parity until to.size step 2) to[at] = from.get(begin + at)
    from.position(begin + to.size)
}
