package jp.warifu.tests

import jp.warifu.Code
import jp.warifu.DeviceClock
import jp.warifu.NewSlot
import jp.warifu.PinHardware
import jp.warifu.SecretBytes
import jp.warifu.Token
import jp.warifu.Unlock
import jp.warifu.testing.FakeClock
import jp.warifu.testing.FakeKeyProtector
import jp.warifu.testing.SampleScreens
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import java.io.File
import java.lang.reflect.Constructor
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.util.jar.JarFile
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What prints shows no code, no PIN and no seed, whatever prints it. */
class PrintingTest {
    /** Every class of the three jars is made, with secrets wherever one fits, and printed. */
    @Test
    fun `no type prints what is secret`() {
        val printed = LinkedHashMap<String, String>()
        val left = ArrayList<String>()
        for (type in classes().filterNot(::cannotBeMade)) {
            val made = Maker().makeAll(type)
            if (made.isEmpty()) left += type.name
            made.forEach { printed[type.name] = texts(it).joinToString("\n") }
        }
        // Bytes that are no `SecretBytes` print; in this one they are what a key store made of a secret.
        val ciphertext = "jp.warifu.ffi.KeyErrand\$Unwrap"
        assertTrue(ciphertext in printed)
        printed.filterKeys { it != ciphertext }.forEach { (name, text) -> assertShowsNothing(name, text) }
        val masked = printed.filterValues { "SecretBytes(" in it || "Code(6 digits)" in it }.keys
        // Those that hold one, and show that they do.
        val holders = listOf(
            "Screen",
            "Card",
            "Face\$Totp",
            "NeighbourCode",
            "ffi.Screen",
            "ffi.Face\$Totp",
            "ffi.NeighbourCode",
            "ffi.KeyErrand\$Wrap",
        )
        for (name in holders) {
            assertTrue("jp.warifu.$name" in masked, "$name was not made with a secret in it")
        }
        // What cannot be made here is named, so that nothing new slips by.
        assertEquals(emptyList(), left, "types that this test cannot make")
        println("printing: ${printed.size} types were made and printed, ${masked.size} of them with a masked secret")
    }

    @Test
    fun `templates lists and maps of secrets show nothing`() = withFolder { folder ->
        runBlocking {
            val code = Code(CODE)
            val pin = secret(PIN)
            assertEquals("Code(6 digits)", "$code")
            assertEquals("SecretBytes(12 bytes)", "$pin")
            Token.createOnDevice(File(folder, "token.warifu"), FakeClock(), FakeKeyProtector()).use { token ->
                token.entries.add(totp())
                val screen = token.screens().first()
                val shown = screen.codes + screen.totps.map { it.next }
                assertEquals(2, shown.size)
                val ways = listOf(Unlock.Pin(pin), Unlock.Passphrase(pin), NewSlot.Pin(pin, PinHardware.MAC, 6))
                val things =
                    listOf(screen, token, token.entries, token.slots, token.time, code, pin, ways, mapOf(pin to code))
                val text = buildString { things.forEach { append("$it ${listOf(it)} ${it.hashCode()} ") } }
                assertShowsNothing("templates", text)
                (shown + screen.codes).forEach { assertFalse(it.digits() in text || it.grouped() in text) }
            }
            assertShowsNothing("samples", SampleScreens.all.toString(), listOf("755224", "755 224", "287082"))
        }
    }

    /** What a person would find in a log after a crash. */
    @Test
    fun `a crash prints no secret`() {
        for (crash in Crashing.crashes.keys) {
            Child(Crashing::class).use { child ->
                child.tell("$crash\n$PIN\n$LINK")
                val error = child.process.errorReader().readText()
                val output = child.output.readText()
                assertEquals(1, child.end(), crash)
                assertTrue("Exception" in error, "$crash: $error")
                assertShowsNothing(crash, error + output)
            }
        }
    }

    /** Programs that end by an exception that nobody caught. */
    object Crashing {
        val crashes = mapOf<String, suspend (Token, SecretBytes, SecretBytes, FakeKeyProtector) -> Unit>(
            "wrong PIN" to { token, pin, _, _ ->
                token.slots.set(NewSlot.Pin(secret("2580"), PinHardware.MAC, 6, QUICK))
                token.unlock(Unlock.Pin(pin))
            },
            "refused PIN" to { token, pin, _, _ ->
                token.slots.set(NewSlot.Pin(SecretBytes(pin.expose() + pin.expose()), PinHardware.MAC, 6, QUICK))
            },
            "refused link" to
                { token, _, link, _ -> token.entries.add(SecretBytes(link.expose() + "%".encodeToByteArray())) },
            "the same link twice" to { token, _, link, _ ->
                repeat(2) { token.entries.add(SecretBytes(link.expose().copyOf())) }
            },
            "key store throws" to { token, pin, _, keys ->
                token.slots.set(NewSlot.Pin(SecretBytes(pin.expose().copyOf()), PinHardware.MAC, 6, QUICK))
                keys.throwNext(IllegalStateException("what the key store says"))
                token.unlock(Unlock.Pin(pin))
            },
            "own exception that names all there is" to { token, pin, link, _ ->
                token.entries.add(SecretBytes(link.expose().copyOf()))
                error("$token $pin $link ${token.screen()} ${token.entries.list()}")
            },
        )

        @JvmStatic
        fun main(args: Array<String>) = runBlocking {
            val crash = crashes.getValue(readln())
            val (pin, link) = List(2) { secret(readln()) }
            val folder = File(System.getProperty("java.io.tmpdir"), "warifu-crash-${ProcessHandle.current().pid()}")
            folder.mkdirs()
            try {
                val keys = FakeKeyProtector()
                crash(Token.createOnDevice(File(folder, "token.warifu"), FakeClock(), keys), pin, link, keys)
            } finally {
                folder.deleteRecursively()
            }
        }
    }

    private fun texts(made: Any): List<String> {
        val throwable = made as? Throwable
        return listOfNotNull("$made", throwable?.message, throwable?.localizedMessage, throwable?.stackTraceToString())
    }

    private fun assertShowsNothing(what: String, text: String, secrets: List<String> = SECRETS) {
        for (secret in secrets) assertFalse(secret in text, "$what shows a secret")
    }

    /** The classes of the three jars, but for what the compiler makes of functions. */
    private fun classes(): List<Class<*>> = listOf(Token::class, Code::class, FakeClock::class)
        .map { File(it.java.protectionDomain.codeSource.location.toURI()) }
        .flatMap { if (it.isDirectory) inFolder(it) else inJar(it) }
        .filter { it.endsWith(".class") && it.startsWith("jp/warifu/") }
        .map { Class.forName(it.removeSuffix(".class").replace('/', '.'), false, javaClass.classLoader) }
        .filterNot { it.isInterface || it.isEnum || it.isSynthetic || it.isAnonymousClass || it.isLocalClass }
        .filterNot { Modifier.isAbstract(it.modifiers) }
        .sortedBy { it.name }
        .also { assertTrue(it.size > 200, "${it.size} classes") }

    private fun inFolder(folder: File) = folder.walk().map { it.relativeTo(folder).path }.toList()

    private fun inJar(jar: File) = JarFile(jar).use { open -> open.entries().asSequence().map { it.name }.toList() }

    /** Makes an instance of anything, with a secret wherever one fits. */
    private class Maker {
        private val making = HashSet<Class<*>>()

        /** One by each constructor that works. */
        fun makeAll(type: Class<*>): List<Any> {
            if (cannotBeMade(type)) return emptyList()
            if (type == Code::class.java) return listOf(Code(CODE))
            single(type)?.let { return listOf(it) }
            boxed(type)?.let { return listOf(it) }
            return type.declaredConstructors.filterNot { it.isSynthetic }.mapNotNull { by(it) }
        }

        private fun by(constructor: Constructor<*>): Any? = try {
            constructor.isAccessible = true
            val values = constructor.genericParameterTypes.zip(constructor.parameterTypes).map { (generic, raw) ->
                value(generic, raw)
            }
            constructor.newInstance(*values.toTypedArray())
        } catch (_: InvocationTargetException) {
            null
        } catch (_: CannotMake) {
            null
        }

        private class CannotMake : Exception()

        /** A value class, around what it is made of. */
        private fun boxed(type: Class<*>): Any? = type.declaredMethods
            .find { it.name == "box-impl" }
            ?.let { it.invoke(null, value(it.genericParameterTypes.single(), it.parameterTypes.single())) }

        private fun single(type: Class<*>): Any? = type.declaredFields
            .find { it.name == "INSTANCE" && Modifier.isStatic(it.modifiers) }
            ?.let {
                it.isAccessible = true
                it.get(null)
            }

        private fun value(generic: Type, type: Class<*>): Any? = when (type) {
            Code::class.java -> Code(CODE)
            SecretBytes::class.java -> secret(PIN)
            String::class.java -> HEX
            ByteArray::class.java -> PIN.encodeToByteArray()
            Int::class.java, Int::class.javaObjectType -> 200
            Long::class.java, Long::class.javaObjectType -> 1L
            Short::class.java -> 1.toShort()
            Byte::class.java -> 1.toByte()
            Boolean::class.java -> true
            List::class.java -> listOf(element(generic))
            Throwable::class.java -> IllegalStateException("what a key store says")
            Duration::class.java -> 1.seconds
            DeviceClock::class.java -> FakeClock()
            ULong::class.java -> 1uL
            UInt::class.java -> 1u
            else -> enumOrMade(type)
        }

        private fun element(generic: Type): Any? {
            val element = (generic as ParameterizedType).actualTypeArguments.single()
            val type =
                element as? Class<*> ?: ((element as java.lang.reflect.WildcardType).upperBounds.single() as Class<*>)
            return value(type, type)
        }

        private fun enumOrMade(type: Class<*>): Any {
            type.enumConstants?.let { return it.first() }
            if (!making.add(type)) throw CannotMake()
            try {
                val candidates = if (Modifier.isAbstract(type.modifiers)) subtypes(type) else listOf(type)
                return candidates.firstNotNullOfOrNull { makeAll(it).firstOrNull() } ?: throw CannotMake()
            } finally {
                making.remove(type)
            }
        }

        /** The first is the one that holds most: a sealed type's members stand within it. */
        private fun subtypes(type: Class<*>): List<Class<*>> = type.declaredClasses
            .filter { type.isAssignableFrom(it) && it != type }
            .sortedByDescending { member -> member.declaredConstructors.maxOfOrNull { it.parameterCount } ?: 0 }
    }

    private companion object {
        const val CODE = "987 654"
        const val PIN = "314159265358"
        const val HEX = "00112233445566778899aabbccddeeff"
        const val LINK = "otpauth://totp/Bank:0001?secret=$SEED&issuer=Bank"

        /** In every form in which something might print them. */
        val SECRETS = listOf(
            "987654",
            CODE,
            PIN,
            SEED,
            SEED.lowercase(),
            "12345678901234567890",
            PIN.encodeToByteArray().toHexString(),
            PIN.encodeToByteArray().contentToString().drop(1).dropLast(1),
            PIN.encodeToByteArray().joinToString("-"),
        )

        /** What takes the core, a machine's memory, or a place in a running program to be made. */
        val NOT_MADE = listOf(
            "ffi\\.(Token|Flow)",
            "ffi\\.(Token|Flow)\\\$UniffiCleanAction",
            "ffi\\.NewToken",
            "ffi\\.RustBuffer.*",
            "ffi\\.ForeignBytes.*",
            "ffi\\.Uniffi.*",
            "ffi\\.FfiConverter.*",
            "ffi\\.Warifu_ffiKt.*",
            "ffi\\.JavaLangRefCleaner.*",
            "(Token|Entries|Enrolment|Slots|TimeSync|Core|Errands|Platform|Screens|Syncs)",
            ".*\\\$DefaultImpls",
            ".*Kt",
        ).map(::Regex)

        fun cannotBeMade(type: Class<*>): Boolean = NOT_MADE.any { it.matches(type.name.removePrefix("jp.warifu.")) }
    }
}
