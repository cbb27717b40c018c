import jp.warifu.*
import jp.warifu.testing.FakeKeyProtector
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.runBlocking
import java.io.File
import java.nio.file.Files
import kotlin.time.Clock
import kotlin.time.Duration.Companion.seconds

fun main() = runBlocking {
    val file = Files.createTempDirectory("app").resolve("token.warifu").toFile() // your app's own data folder
    val boot = BootId(File("/proc/sys/kernel/random/boot_id").readText().filter { it.isLetterOrDigit() }.hexToByteArray())
    val clock = DeviceClock {
        val uptime = File("/proc/uptime").readText().substringBefore(' ').toDouble().seconds // it counts sleep; read it first
        DeviceTime(Clock.System.now(), uptime, boot)
    }
    val keys = FakeKeyProtector() // your platform's clocks and key store: on Android, elapsedRealtime and the Keystore
    Token.createOnDevice(file, clock, keys).use { token ->
        val link = "otpauth://totp/Example%20Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Bank"
        token.entries.add(SecretBytes(link.encodeToByteArray()))
        token.screens().take(2).collect { screen ->
            for (card in screen.cards) {
                val face = card.face as? Face.Totp ?: continue
                println("${card.names.issuer}: ${face.code.grouped()} for ${face.secondsLeft} s")
            }
        }
    }
}
