package jp.warifu.app.kit

import android.app.Activity
import com.google.android.apps.common.testing.accessibility.framework.AccessibilityCheckPreset
import com.google.android.apps.common.testing.accessibility.framework.AccessibilityCheckResult.AccessibilityCheckResultType
import com.google.android.apps.common.testing.accessibility.framework.Parameters
import com.google.android.apps.common.testing.accessibility.framework.strings.StringManager
import com.google.android.apps.common.testing.accessibility.framework.uielement.AccessibilityHierarchyAndroid
import com.google.android.apps.common.testing.accessibility.framework.utils.contrast.BitmapImage
import java.util.ListResourceBundle
import java.util.Locale
import javax.xml.parsers.DocumentBuilderFactory

/** Google's checks find nothing on what the activity shows. Contrast is read off the picture: it asks for native graphics. */
fun Activity.assertAccessible() {
    val findings = accessibilityFindings()
    if (findings.isNotEmpty()) throw AssertionError(findings.joinToString("\n"))
}

/** What Google's checks find, errors and warnings: the check, the view, the reason. */
fun Activity.accessibilityFindings(): List<String> {
    Words.give()
    val shown = AccessibilityHierarchyAndroid.newBuilder(window.decorView).build()
    val parameters = Parameters().apply { putScreenCapture(BitmapImage(window.decorView.picture())) }
    return AccessibilityCheckPreset.getAccessibilityHierarchyChecksForPreset(AccessibilityCheckPreset.LATEST)
        .flatMap { it.runCheckOnHierarchy(shown, null, parameters) }
        .filter { it.type == AccessibilityCheckResultType.ERROR || it.type == AccessibilityCheckResultType.WARNING }
        .map { found ->
            val view = found.element
            val what = view?.resourceName?.substringAfter('/') ?: view?.className
            "${found.sourceCheckClass.simpleName} $what: ${found.getMessage(Locale.ENGLISH)}"
        }
        .sorted()
}

/** The framework's messages are Android strings in its AAR; on a Java machine they are to be handed over. */
private object Words {
    private val bundle by lazy {
        val file = checkNotNull(javaClass.getResourceAsStream("/checks/strings.xml"))
        val document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file)
        val strings = document.getElementsByTagName("string")
        object : ListResourceBundle() {
            override fun getContents(): Array<Array<Any>> = Array(strings.length) {
                arrayOf(strings.item(it).attributes.getNamedItem("name").nodeValue, strings.item(it).textContent)
            }
        }
    }

    fun give() = StringManager.setResourceBundleProvider { bundle }
}
