/** Whether the user is typing, so that shortcuts and menus leave the keys alone. */

/** Whether an element is for typing, so that shortcuts and menus leave it alone. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    Boolean(target.closest('input:not([type="range"]), textarea, select, [contenteditable="true"]'))
  )
}
