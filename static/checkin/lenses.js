// Light, where the camera has one, and which lens: some phones choose the wrong one.
import { number, word } from "./words.js";

const find = (id) => document.getElementById(id);

export function cameraTools(camera, { torch, cameras, used }) {
  find("torch").hidden = !torch;
  find("torch").setAttribute("aria-pressed", "false"); // a stream that starts has its light off
  find("torch").onclick = async () => {
    const on = find("torch").getAttribute("aria-pressed") !== "true";
    await camera.light(on);
    find("torch").setAttribute("aria-pressed", String(on));
  };
  find("lens-row").hidden = cameras.length < 2;
  const named = cameras.map((device, index) => {
    const words = device.label || word("camera", { number: number(index + 1) });
    return new Option(words, device.deviceId, false, device.deviceId === used);
  });
  find("lens").replaceChildren(...named);
  find("lens").onchange = () => camera.use(find("lens").value);
}
