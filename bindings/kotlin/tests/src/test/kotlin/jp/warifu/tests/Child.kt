package jp.warifu.tests

import java.io.Closeable
import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.reflect.KClass

/** A Java machine of its own that runs the `main` of one of these tests' objects. */
class Child(main: KClass<*>, vararg options: String) : Closeable {
    val process: Process = ProcessBuilder(
        listOf(File(System.getProperty("java.home"), "bin/java").path, "-cp", System.getProperty("java.class.path")) +
            listOf("jna.library.path", "warifu.core").map { "-D$it=${System.getProperty(it)}" } +
            options + main.java.name,
    ).start()

    val output = process.inputReader()
    private val input = process.outputWriter()

    /** A line to the child. What is secret goes this way, never as an argument. */
    fun tell(line: String) {
        input.write("$line\n")
        input.flush()
    }

    fun signal(name: String) {
        check(ProcessBuilder("kill", "-$name", process.pid().toString()).inheritIO().start().waitFor() == 0)
    }

    /** Its status. What it wrote meanwhile must be read, or fit a pipe. */
    fun end(): Int {
        input.close()
        check(process.waitFor(60, TimeUnit.SECONDS)) { "the child does not end" }
        return process.exitValue()
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }
}
