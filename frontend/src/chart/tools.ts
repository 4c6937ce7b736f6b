/** The buttons that move the view, and the one that gives the chart the whole screen. */

const SVG = 'http://www.w3.org/2000/svg';
const PICTURES = {
  nearer: 'M8 3V13M3 8H13',
  farther: 'M3 8H13',
  all: 'M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10M6 6H10V10H6Z',
  whole: 'M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10',
};

export interface Moves {
  nearer(): void;
  farther(): void;
  all(): void;
}

export function addTools(box: HTMLElement, chart: HTMLElement, moves: Moves): void {
  box.append(
    makeButton('Zoom in', PICTURES.nearer, moves.nearer),
    makeButton('Zoom out', PICTURES.farther, moves.farther),
    makeButton('Show all', PICTURES.all, moves.all),
  );
  if (!document.fullscreenEnabled) return;
  box.append(
    makeButton('Full screen', PICTURES.whole, () => {
      if (document.fullscreenElement) void document.exitFullscreen();
      else void chart.requestFullscreen();
    }),
  );
}

function makeButton(label: string, picture: string, press: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.title = label;
  button.setAttribute('aria-label', label);
  button.addEventListener('click', press);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', picture);
  svg.append(path);
  button.append(svg);
  return button;
}
