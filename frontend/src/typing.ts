/**
 * Takes over what is typed in a pane whenever the writer rests, and leads to a field that the page asks for. It draws
 * nothing. Streamlit takes a text area over on Ctrl+Enter: that key is pressed for the writer, who keeps the cursor. In a
 * form the same key sends the form, which only the writer may do: what is typed there is left alone.
 */

const REST = 700; // milliseconds without another letter

/** What Python sends; the other side is ui/components/typing.py. */
interface TypingMessage {
  pane: string;
  focus: string;
  times: number;
}

interface TypingArguments {
  data: TypingMessage;
}

let answered = 0;

function classOf(key: string): string {
  return `.st-key-${CSS.escape(key.replace(/[^a-zA-Z0-9_-]/g, '-'))}`;
}

function lead(message: TypingMessage, tries = 20): void {
  const field = document.querySelector<HTMLElement>(`${classOf(message.focus)} :is(textarea, input)`);
  if (field) {
    field.scrollIntoView({ block: 'center' });
    field.focus({ preventScroll: true });
  } else if (tries > 0) setTimeout(() => lead(message, tries - 1), 100);
}

export default function ({ data }: TypingArguments): () => void {
  let timer = 0;
  const listen = (event: Event): void => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement) || !field.closest(classOf(data.pane))) return;
    if (field.closest('[data-testid="stForm"]')) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const press = { key: 'Enter', code: 'Enter', ctrlKey: true, bubbles: true, cancelable: true };
      if (field.isConnected) field.dispatchEvent(new KeyboardEvent('keydown', press));
    }, REST);
  };
  document.addEventListener('input', listen);
  if (data.focus && data.times > answered) {
    answered = data.times;
    lead(data);
  }
  return () => document.removeEventListener('input', listen);
}
