// A PDF goes to the printer by itself: it is laid in a hidden frame of this page, and the frame prints.
// In a window of its own where the browser cannot show a PDF in a frame. With Chrome's --kiosk-printing nobody is asked.
const GONE_AFTER = 60_000;

export async function printPdf(answer) {
  const address = URL.createObjectURL(await answer.blob());
  setTimeout(() => URL.revokeObjectURL(address), GONE_AFTER);
  if (navigator.pdfViewerEnabled === false) {
    window.open(address, "_blank");
    return "window";
  }
  const frame = document.createElement("iframe");
  frame.className = "printed-frame";
  frame.title = "PDF";
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  const shown = new Promise((resolve) => { frame.onload = resolve; });
  frame.src = address;
  document.querySelectorAll(".printed-frame").forEach((old) => old.remove());
  document.body.append(frame);
  await shown;
  performance.mark("printer-asked");
  frame.contentWindow.focus();
  frame.contentWindow.print();
  return "frame";
}
