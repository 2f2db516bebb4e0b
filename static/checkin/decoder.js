// The decoder in its worker: pictures come in, the text of a QR code or null goes out, with the moment of the picture.
export async function serve({ library, wasm }) {
  const ready = prepare(library, wasm);
  const canvas = new OffscreenCanvas(1, 1);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  self.onmessage = async ({ data: { picture, at } }) => {
    try {
      const readBarcodes = await ready;
      if (canvas.width !== picture.width || canvas.height !== picture.height) {
        canvas.width = picture.width;
        canvas.height = picture.height;
      }
      pen.drawImage(picture, 0, 0);
      const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
      const [found] = await readBarcodes(pixels, { formats: ["QRCode"], maxNumberOfSymbols: 1, tryInvert: false });
      self.postMessage({ text: found?.text || null, at });
    } catch (trouble) {
      self.postMessage({ text: null, at, trouble: String(trouble) });
    } finally {
      picture.close();
    }
  };
}

async function prepare(library, wasm) {
  const { prepareZXingModule, readBarcodes } = await import(library);
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return readBarcodes;
}
