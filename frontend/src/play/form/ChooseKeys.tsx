/** The way on for a run that lacks a key of its user. */
import { useState } from 'react'
import { Button } from '../../ui/controls/Button'
import { KeysDialog } from '../../ui/credentials/KeysDialog'
import { texts } from '../texts'

export function ChooseKeys({ slug }: { slug: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{texts.chooseAKey}</Button>
      {open && <KeysDialog slug={slug} onClose={() => setOpen(false)} />}
    </>
  )
}
