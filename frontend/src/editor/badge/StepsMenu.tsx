/** The last steps by name: choosing one takes back all down to it. */
import { ChevronDown } from 'lucide-react'
import { useStore } from 'zustand'
import { Button } from '../../ui/controls/Button'
import { useMenu } from '../../ui/controls/useMenu'
import { useSession } from '../session'
import { texts } from './texts'

export default function StepsMenu() {
  const { store } = useSession()
  const canUndo = useStore(store.state, state => state.canUndo)
  const takeBack = (steps: number) => {
    for (let i = 0; i < steps; i++) store.undo()
  }
  const { opener, menu } = useMenu(texts.lastSteps, () =>
    store.history.labels.map((label, i) => ({
      id: String(i),
      label: label || texts.aStep,
      run: () => takeBack(i + 1),
    })),
  )
  return (
    <>
      <Button
        tone="ghost"
        label={texts.lastSteps}
        icon={<ChevronDown aria-hidden size={14} />}
        disabled={!canUndo}
        {...opener}
      />
      {menu}
    </>
  )
}
