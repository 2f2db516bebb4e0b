// The camera: starts, restarts when the page is seen again or the picture stands still, and hands frames to the decoder
// one at a time. It must run for a whole day.
const WISH = { width: { ideal: 1280 }, height: { ideal: 720 } };
const PAUSE = 30; // milliseconds between two pictures
const STUCK = 6_000;
const ASKED = 700; // a permission that was given before answers faster
const TROUBLES = 5; // pictures that the decoder could not read at all, before it is said

export class Camera {
  constructor({ video, worker, onCode, onTrouble, onReady }) {
    Object.assign(this, { video, address: worker, onCode, onTrouble, onReady, troubles: 0 });
    this.deviceId = localStorage.getItem("door-camera");
  }

  get runs() {
    return this.track?.readyState === "live";
  }

  async start() {
    if (!navigator.mediaDevices?.getUserMedia) return this.onTrouble("camera-insecure");
    if (this.starting) return undefined;
    this.starting = true;
    const asks = setTimeout(() => this.onTrouble("camera-asked"), ASKED); // the phone's own question is on the screen
    try {
      this.stop();
      const which = this.deviceId ? { deviceId: { ideal: this.deviceId } } : { facingMode: { ideal: "environment" } };
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...WISH, ...which }, audio: false });
      this.track = this.stream.getVideoTracks()[0];
      this.track.onended = () => this.restart();
      this.video.srcObject = this.stream;
      await this.video.play();
      this.watch();
      this.onReady({ torch: Boolean(this.track.getCapabilities?.().torch), cameras: await this.cameras(), used: this.track.getSettings().deviceId });
      this.look();
    } catch (trouble) {
      this.onTrouble(named(trouble));
    } finally {
      clearTimeout(asks);
      this.starting = false;
    }
    return undefined;
  }

  // Called once, with the first start: afterwards the camera looks after itself.
  watch() {
    if (this.watched) return;
    this.watched = true;
    document.addEventListener("visibilitychange", () => this.restart());
    setInterval(() => this.isStuck() && this.start(), STUCK);
  }

  isStuck() {
    if (document.visibilityState === "hidden" || !this.track) return false;
    if (this.busy && performance.now() - this.busy > STUCK) this.dropWorker();
    const stands = this.runs && this.video.currentTime === this.seenAt;
    this.seenAt = this.video.currentTime;
    return stands || !this.runs;
  }

  stop() {
    this.stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this.stream = this.track = null;
  }

  restart() {
    if (document.visibilityState === "hidden") this.stop();
    else if (!this.runs) this.start();
  }

  dropWorker() {
    this.worker?.terminate();
    this.worker = this.busy = null;
  }

  decoder() {
    if (this.worker) return this.worker;
    this.worker = new Worker(this.address, { type: "module" });
    this.worker.onmessage = ({ data }) => this.decoded(data);
    this.worker.onerror = () => this.onTrouble("decoder-missing");
    return this.worker;
  }

  // One picture at a time: the next is taken when the last was read, so a slow phone never falls behind.
  async look() {
    if (!this.track || this.busy) return;
    if (this.video.readyState < 2) {
      setTimeout(() => this.look(), 50);
      return;
    }
    const at = this.busy = performance.now();
    try {
      const picture = await createImageBitmap(this.video);
      this.decoder().postMessage({ picture, at }, [picture]);
    } catch { // the stream ended between two pictures
      this.busy = null;
      setTimeout(() => this.look(), 250);
    }
  }

  decoded({ text, at, trouble }) {
    this.busy = null;
    this.troubles = trouble ? this.troubles + 1 : 0;
    if (this.troubles === TROUBLES) this.onTrouble("decoder-missing");
    if (text) this.onCode(text, at);
    setTimeout(() => this.look(), PAUSE);
  }

  async cameras() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }

  // Some phones choose the wrong lens: the volunteer picks another, and the phone remembers it.
  async use(deviceId) {
    this.deviceId = deviceId;
    localStorage.setItem("door-camera", deviceId);
    await this.start();
  }

  async light(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }
}

function named(trouble) {
  const names = { NotAllowedError: "camera-refused", SecurityError: "camera-refused", NotReadableError: "camera-busy", AbortError: "camera-busy" };
  return names[trouble.name] ?? "camera-missing";
}
