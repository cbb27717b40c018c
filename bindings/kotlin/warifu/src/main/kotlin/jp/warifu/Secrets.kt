package jp.warifu

/** A one-time code. It prints masked; its `digits` and `grouped` are for the screen. */
public typealias Code = jp.warifu.ffi.Code

/**
 * Bytes that are secret: a passphrase, a PIN, a link with its seed, what a key store wraps. They print
 * masked. A call that takes one wipes it, whatever becomes of the call.
 */
public typealias SecretBytes = jp.warifu.ffi.SecretBytes
