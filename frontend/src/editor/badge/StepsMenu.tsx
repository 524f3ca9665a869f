/** The last steps by name: choosing one takes back all down to it. */
import { ChevronDown } from 'lucide-react'
import { useCallback, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../ui/controls/Button'
import { Menu } from '../../ui/controls/Menu'
import { useSession } from '../session'
import { texts } from './texts'

export default function StepsMenu() {
  const { store } = useSession()
  const canUndo = useStore(store.state, state => state.canUndo)
  const place = useRef<HTMLSpanElement>(null)
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  const close = useCallback(() => {
    setAt(null)
    place.current?.querySelector('button')?.focus()
  }, [])
  const takeBack = (steps: number) => {
    for (let i = 0; i < steps; i++) store.undo()
  }
  return (
    <span ref={place}>
      <Button
        tone="ghost"
        label={texts.lastSteps}
        icon={<ChevronDown aria-hidden size={14} />}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        disabled={!canUndo}
        onClick={() => {
          const box = place.current?.getBoundingClientRect()
          if (box) setAt({ x: box.left, y: box.bottom + 6 })
        }}
      />
      {at && (
        <Menu
          at={at}
          label={texts.lastSteps}
          items={store.history.labels.map((label, i) => ({
            id: String(i),
            label: label || texts.aStep,
            run: () => takeBack(i + 1),
          }))}
          onClose={close}
        />
      )}
    </span>
  )
}
