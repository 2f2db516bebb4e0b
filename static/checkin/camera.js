// The camera: starts, restarts when the page is seen again, and hands frames to the decoder one at a time.
const WISH = { width: { ideal: 1280 }, height: { ideal: 720 } };

export class Camera {
  constructor({ video, worker, onCode, onTrouble, onReady }) {
    Object.assign(this, { video, onCode, onTrouble, onReady });
    this.worker = new Worker(worker, { type: "module" });
    this.worker.onmessage = ({ data }) => this.decoded(data);
    this.worker.onerror = () => this.onTrouble("camera-missing");
    this.deviceId = localStorage.getItem("door-camera");
    document.addEventListener("visibilitychange", () => this.restart());
  }

  async start() {
    if (!navigator.mediaDevices?.getUserMedia) return this.onTrouble("camera-insecure");
    try {
      this.stop();
      const which = this.deviceId ? { deviceId: { ideal: this.deviceId } } : { facingMode: { ideal: "environment" } };
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...WISH, ...which }, audio: false });
      this.track = this.stream.getVideoTracks()[0];
      this.track.onended = () => this.restart();
      this.video.srcObject = this.stream;
      await this.video.play();
      this.onReady({ torch: Boolean(this.track.getCapabilities?.().torch), cameras: await this.cameras() });
      this.look();
    } catch (trouble) {
      this.onTrouble(named(trouble));
    }
    return undefined;
  }

  stop() {
    this.stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this.stream = this.track = null;
  }

  restart() {
    if (document.visibilityState === "hidden") this.stop();
    else if (!this.track || this.track.readyState === "ended") this.start();
  }

  // One frame at a time: the next is taken when the last was read, so a slow phone never falls behind.
  async look() {
    if (!this.track || this.busy) return;
    if (this.video.readyState >= 2) {
      this.busy = true;
      const picture = await createImageBitmap(this.video);
      this.worker.postMessage(picture, [picture]);
    } else {
      setTimeout(() => this.look(), 50);
    }
  }

  decoded({ text }) {
    this.busy = false;
    if (text) this.onCode(text);
    setTimeout(() => this.look(), 30);
  }

  async cameras() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }

  // Some phones choose the wrong lens: each press takes the next one, and the phone remembers it.
  async next() {
    const cameras = await this.cameras();
    const now = cameras.findIndex((device) => device.deviceId === this.track?.getSettings().deviceId);
    const chosen = cameras[(now + 1) % cameras.length];
    this.deviceId = chosen.deviceId;
    localStorage.setItem("door-camera", chosen.deviceId);
    await this.start();
    return (now + 1) % cameras.length + 1;
  }

  async light(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }
}

function named(trouble) {
  const names = { NotAllowedError: "camera-refused", SecurityError: "camera-refused", NotReadableError: "camera-busy", AbortError: "camera-busy" };
  return names[trouble.name] ?? "camera-missing";
}
