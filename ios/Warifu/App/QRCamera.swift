import AVFoundation
import Foundation

/// The camera on the back, which looks for a QR code while it is open. No picture is kept.
///
/// All of it runs on one queue, since opening a camera blocks; so it may be shared though nothing of AVFoundation may.
final class QRCamera: NSObject, @unchecked Sendable {
    /// What the preview shows.
    let session = AVCaptureSession()

    private let queue = DispatchQueue(label: "jp.warifu.camera", qos: .userInitiated)
    private let found: @MainActor @Sendable (String) -> Void
    private let failed: @MainActor @Sendable () -> Void
    /// The first code that was seen counts; those after it are of the same picture.
    private var isDone = false

    /// - Parameters:
    ///   - found: Has what a code says, once.
    ///   - failed: There is no camera, or it does not open.
    init(found: @escaping @MainActor @Sendable (String) -> Void, failed: @escaping @MainActor @Sendable () -> Void) {
        self.found = found
        self.failed = failed
    }

    /// Whether the person lets the app use it; asks if that was not asked yet.
    static func mayBeUsed() async -> Bool {
        switch AVCaptureDevice.authorizationStatus(for: .video) {
        case .authorized: true
        case .notDetermined: await AVCaptureDevice.requestAccess(for: .video)
        default: false
        }
    }

    /// Opens it, and says which it is.
    func open(_ opened: @escaping @MainActor @Sendable (AVCaptureDevice) -> Void) {
        queue.async { [self] in
            guard let camera = configure() else {
                Task { @MainActor in failed() }
                return
            }
            session.startRunning()
            Task { @MainActor in opened(camera) }
        }
    }

    /// Lets it go.
    func close() {
        queue.async { [self] in
            isDone = true
            if session.isRunning { session.stopRunning() }
        }
    }

    /// The camera on the back, as the session's; `nil` if there is none that can be.
    private func configure() -> AVCaptureDevice? {
        guard let camera = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: .back),
            let input = try? AVCaptureDeviceInput(device: camera)
        else { return nil }
        let output = AVCaptureMetadataOutput()
        session.beginConfiguration()
        defer { session.commitConfiguration() }
        guard session.canAddInput(input), session.canAddOutput(output) else { return nil }
        session.addInput(input)
        session.addOutput(output)
        // Known once the output is the session's.
        guard output.availableMetadataObjectTypes.contains(.qr) else { return nil }
        output.metadataObjectTypes = [.qr]
        output.setMetadataObjectsDelegate(self, queue: queue)
        return camera
    }
}

extension QRCamera: AVCaptureMetadataOutputObjectsDelegate {
    func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject],
        from connection: AVCaptureConnection
    ) {
        let codes = metadataObjects.compactMap { ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }
        guard !isDone, let text = codes.first else { return }
        isDone = true
        Task { @MainActor [found] in found(text) }
    }
}
