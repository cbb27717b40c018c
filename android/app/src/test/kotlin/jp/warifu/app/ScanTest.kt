package jp.warifu.app

import android.Manifest
import android.content.pm.PackageManager
import android.graphics.Rect
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice.StateCallback
import android.os.SystemClock
import android.provider.Settings
import android.view.MotionEvent
import android.view.SurfaceView
import jp.warifu.app.state.Next
import jp.warifu.app.state.NoCamera
import jp.warifu.app.state.Offered
import jp.warifu.app.state.Page
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import java.util.concurrent.CountDownLatch

/** The camera: asked for, refused, lost, and what it sees. */
@RunWith(RobolectricTestRunner::class)
@Config(
    application = PhoneApp::class,
    shadows = [
        PhoneCamera.ManagerShadow::class,
        PhoneCamera.DeviceShadow::class,
        PhoneCamera.SessionShadow::class,
        PhoneCamera.FramesShadow::class,
    ],
)
class ScanTest {
    @Test
    fun theCameraIsAskedForWhenAPersonScansAndNotBefore() = onPhone { phone ->
        PhoneCamera(phone)
        phone.open()
        phone.awaitPage<Page.Add>()
        assertNull(shadowOf(phone.activity).lastRequestedPermission)
        phone.press(SCAN)
        assertEquals(listOf(Manifest.permission.CAMERA), asked(phone).requestedPermissions.toList())
        answer(phone, PackageManager.PERMISSION_GRANTED)
        phone.awaitPage<Page.Scan>()
    }

    @Test
    fun whoRefusesOnceMayBeAskedAgainAndHasTheOtherWays() = onPhone { phone ->
        refused(phone, mayAskAgain = true)
        phone.awaitText("カメラの使用が許可されていない")
        assertTrue(phone.texts().containsAll(OTHER_WAYS))
        assertFalse(SETTINGS in phone.texts())
        phone.press("もう一度")
        answer(phone, PackageManager.PERMISSION_GRANTED)
        phone.awaitPage<Page.Scan>()
    }

    @Test
    fun whoRefusesForGoodIsLedToTheSettingsAndBackToTheCamera() = onPhone { phone ->
        refused(phone, mayAskAgain = false)
        phone.awaitText("「権限」で「カメラ」を許可してください")
        assertFalse("もう一度" in phone.texts())
        phone.press(SETTINGS)
        val settings = shadowOf(phone.activity).nextStartedActivity
        assertEquals(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, settings.action)
        assertEquals("package:${phone.app.packageName}", settings.dataString)
        phone.leave()
        phone.come()
        assertEquals(Page.Unseen(NoCamera.REFUSED_FOR_GOOD), phone.awaitPage<Page.Unseen>())
        phone.leave()
        shadowOf(phone.app).grantPermissions(Manifest.permission.CAMERA)
        phone.come()
        phone.awaitPage<Page.Scan>()
    }

    @Test
    fun aQuestionThatWasInterruptedChangesNothing() = onPhone { phone ->
        PhoneCamera(phone)
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.press(SCAN)
        phone.activity.onRequestPermissionsResult(asked(phone).requestCode, emptyArray(), intArrayOf())
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun aDeviceWithoutACameraOffersNoneAndOneThatSaysItHasOneSaysSo() = onPhone { phone ->
        phone.open()
        phone.awaitPage<Page.Add>()
        assertFalse(SCAN in phone.texts())
        val camera = PhoneCamera(phone, hasOne = false)
        scan(phone)
        camera.show()
        assertEquals(NoCamera.NONE, phone.awaitPage<Page.Unseen>().why)
        phone.awaitText("使えるカメラがありません")
        phone.press(PASTE)
        phone.awaitPage<Page.Paste>()
    }

    @Test
    fun aCameraThatDoesNotOpenSaysWhyAndOpensOnceItCan() = scanning { phone, camera ->
        camera.hide()
        val reasons = mapOf(
            CameraAccessException.CAMERA_IN_USE to NoCamera.IN_USE,
            CameraAccessException.MAX_CAMERAS_IN_USE to NoCamera.IN_USE,
            CameraAccessException.CAMERA_DISCONNECTED to NoCamera.IN_USE,
            CameraAccessException.CAMERA_DISABLED to NoCamera.FORBIDDEN,
            CameraAccessException.CAMERA_ERROR to NoCamera.FAILED,
        )
        for ((reason, why) in reasons) {
            camera.refusal = reason
            scan(phone)
            camera.show()
            assertEquals(why, phone.awaitPage<Page.Unseen>().why)
            assertTrue(phone.texts().containsAll(OTHER_WAYS))
        }
        camera.refusal = null
        camera.isBroken = true
        phone.press("もう一度")
        camera.show()
        phone.awaitText("カメラが動きません")
        camera.isBroken = false
        phone.press("もう一度")
        camera.show()
        phone.await("a camera that looks") { camera.isLooking }
    }

    @Test
    fun aCameraThatIsLostSaysWhyAndIsLetGo() {
        val errors = mapOf(
            StateCallback.ERROR_CAMERA_IN_USE to NoCamera.IN_USE,
            StateCallback.ERROR_MAX_CAMERAS_IN_USE to NoCamera.IN_USE,
            StateCallback.ERROR_CAMERA_DISABLED to NoCamera.FORBIDDEN,
            StateCallback.ERROR_CAMERA_DEVICE to NoCamera.FAILED,
            StateCallback.ERROR_CAMERA_SERVICE to NoCamera.FAILED,
        )
        scanning { phone, camera ->
            for ((error, why) in errors) {
                camera.told.onError(camera.opened.last(), error)
                assertEquals(why, phone.awaitPage<Page.Unseen>().why)
                phone.await("a closed camera") { !camera.isOpen }
                scan(phone)
                camera.show()
                phone.await("a camera that looks") { camera.isLooking }
            }
            camera.told.onDisconnected(camera.opened.last())
            phone.awaitText("ほかのアプリがカメラを使っています")
            phone.await("a closed camera") { !camera.isOpen }
        }
    }

    @Test
    fun aQrCodeInAFrameIsShownBeforeItIsAdded() = scanning { phone, camera ->
        camera.see(Frame(text = null))
        camera.see(totp())
        camera.see(hotp())
        val offered = phone.awaitPage<Page.Offer>().offered as Offered.Credential
        assertEquals("普通 0001", offered.names.account)
        phone.await("a closed camera") { !camera.isOpen }
        phone.press("登録する")
        phone.awaitText("637 009")
    }

    @Test
    fun aFrameWithoutAQrCodeChangesNothing() = scanning { phone, camera ->
        repeat(3) { camera.see(Frame(text = null)) }
        camera.see("見知らぬもの")
        assertEquals(Page.Trouble("W-601", Next.BACK), phone.awaitPage<Page.Trouble>())
    }

    @Test
    fun aStrangersQrCodeSaysWhatToDo() = scanning { phone, camera ->
        camera.see("https://example.com/menu")
        assertEquals(Next.BACK, phone.awaitPage<Page.Trouble>().next)
        phone.press("戻る")
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun whoLeavesThePageLetsTheCameraGo() = scanning { phone, camera ->
        phone.press("やめる")
        phone.awaitPage<Page.Add>()
        phone.await("a closed camera") { !camera.isOpen }
        camera.told.onError(camera.opened.last(), StateCallback.ERROR_CAMERA_DEVICE)
        phone.settle()
        assertTrue("what it says then is no matter", phone.session.page.value is Page.Add)
    }

    @Test
    fun whoLeavesTheAppLetsTheCameraGoAndComesBackToIt() = scanning { phone, camera ->
        phone.leave()
        camera.hide()
        phone.await("a closed camera") { !camera.isOpen }
        phone.come()
        camera.show()
        phone.await("a camera that looks") { camera.isLooking }
        assertEquals(Page.Scan, phone.session.page.value)
    }

    @Test
    fun aCameraThatOpensAfterThePageWasLeftIsClosedAtOnce() = scanning { phone, camera ->
        phone.press("やめる")
        phone.awaitPage<Page.Add>()
        phone.await("a closed camera") { !camera.isOpen }
        camera.gate = CountDownLatch(1)
        scan(phone)
        camera.show()
        phone.press("やめる")
        phone.awaitPage<Page.Add>()
        camera.gate.countDown()
        phone.await("one that was opened and closed") { camera.opened.size == 2 && !camera.isOpen }
    }

    @Test
    fun aTouchThroughAnotherAppsWindowDoesNothing() = scanning { phone, _ ->
        assertFalse(touch(phone, "やめる", MotionEvent.FLAG_WINDOW_IS_OBSCURED))
        assertEquals(Page.Scan, phone.session.page.value)
        assertTrue(touch(phone, "やめる", flags = 0))
        phone.awaitPage<Page.Add>()
    }

    @Test
    fun nobodyRecordsWhatTheCameraSees() = scanning { phone, _ ->
        val view = phone.views().filterIsInstance<SurfaceView>().single()
        val secure = 0x80
        assertEquals(secure, ReflectionHelpers.getField<Int>(view, "mSurfaceFlags") and secure)
    }

    private fun scanning(test: (Phone, PhoneCamera) -> Unit) = onPhone { phone ->
        val camera = PhoneCamera(phone)
        phone.open()
        phone.awaitPage<Page.Add>()
        scan(phone)
        // The page may be drawn anew, and then the system shows the new view.
        phone.await("a camera that looks") {
            camera.show()
            camera.isLooking
        }
        test(phone, camera)
    }

    private fun scan(phone: Phone) {
        shadowOf(phone.app).grantPermissions(Manifest.permission.CAMERA)
        phone.activity.scan()
        phone.settle()
        phone.awaitPage<Page.Scan>()
        phone.await("the camera's view") { phone.views().any { it is SurfaceView } }
    }

    private fun refused(phone: Phone, mayAskAgain: Boolean) {
        PhoneCamera(phone)
        shadowOf(phone.app.packageManager)
            .setShouldShowRequestPermissionRationale(Manifest.permission.CAMERA, mayAskAgain)
        phone.open()
        phone.awaitPage<Page.Add>()
        phone.press(SCAN)
        answer(phone, PackageManager.PERMISSION_DENIED)
        phone.awaitPage<Page.Unseen>()
    }

    private fun asked(phone: Phone) = shadowOf(phone.activity).lastRequestedPermission

    private fun answer(phone: Phone, answer: Int) {
        val asked = asked(phone)
        phone.activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, intArrayOf(answer))
    }

    /** Touches the middle of what has these words, as the system hands a touch to a window; false where it is refused. */
    private fun touch(phone: Phone, says: String, flags: Int): Boolean {
        val view = phone.view(says)
        view.requestRectangleOnScreen(Rect(0, 0, view.width, view.height), true)
        phone.settle()
        val at = IntArray(2).also(view::getLocationInWindow)
        val (x, y) = at[0] + view.width / 2f to at[1] + view.height / 2f
        val taken = listOf(MotionEvent.ACTION_DOWN, MotionEvent.ACTION_UP).map { action ->
            phone.activity.window.decorView.dispatchTouchEvent(touchOf(action, x, y, flags))
        }
        phone.settle()
        return taken.any { it }
    }

    private fun touchOf(action: Int, x: Float, y: Float, flags: Int): MotionEvent {
        val now = SystemClock.uptimeMillis()
        val finger = MotionEvent.PointerProperties().apply { id = 0 }
        val place = MotionEvent.PointerCoords().apply {
            this.x = x
            this.y = y
        }
        return MotionEvent.obtain(now, now, action, 1, arrayOf(finger), arrayOf(place), 0, 0, 1f, 1f, 0, 0, 0, flags)
    }

    private companion object {
        const val SCAN = "QRコードをカメラで読み取る"
        const val PASTE = "リンクを貼り付ける"
        const val SETTINGS = "端末の設定を開く"
        val OTHER_WAYS = listOf("QRコードの画像を選ぶ", PASTE, "戻る")
    }
}
