/** Messages that pass: made anywhere, shown by `Toasts`. */
import { createStore } from 'zustand/vanilla'
import { uuid } from './ids'

export interface ToastMessage {
  id: string
  text: string
  tone: 'plain' | 'bad'
  action?: { label: string; run: () => void } | undefined
}

const SHOWN_MS = 6000
/** A refusal may be long, and is not to go before it is read. */
const READING_MS = 70 // per character

export const toasts = createStore<{ list: ToastMessage[] }>(() => ({ list: [] }))

/** Show a message for a few seconds; the same text twice is shown once. Returns its id. */
export function toast(
  text: string,
  options: { tone?: ToastMessage['tone']; action?: ToastMessage['action'] | undefined } = {},
): string {
  const message = { id: uuid(), text, tone: options.tone ?? 'plain', action: options.action }
  const others = toasts.getState().list.filter(other => other.text !== text)
  toasts.setState({ list: [...others, message].slice(-3) })
  const reading = message.tone === 'bad' ? text.length * READING_MS : 0
  setTimeout(() => dismiss(message.id), Math.max(SHOWN_MS, reading))
  return message.id
}

export function dismiss(id: string): void {
  toasts.setState({ list: toasts.getState().list.filter(message => message.id !== id) })
}
