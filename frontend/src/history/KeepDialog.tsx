/** Names a version, or publishes it with what is new. */
import { useState } from 'react'
import { versionKeep } from '../api/history'
import type { KeptVersion } from '../api/schema'
import { Dialog } from '../ui/controls/Dialog'
import { Form } from '../ui/forms/Form'
import { FormRow } from '../ui/forms/FormRow'
import { TextRow } from '../ui/forms/TextRow'
import { useSubmit } from '../ui/forms/useSubmit'
import { texts } from '../ui/versions/texts'

interface Props {
  slug: string
  version: number
  /** The number it is to have; null: it is only named. */
  number: number | null
  onDone: (kept: KeptVersion) => void
  onClose: () => void
}

export function KeepDialog({ slug, version, number, onDone, onClose }: Props) {
  const [text, setText] = useState('')
  const sending = useSubmit(['name', 'notes'])
  const publishes = number !== null
  const submit = () =>
    sending.submit(
      async () => {
        const body = publishes ? { publish: true, notes: text } : { name: text }
        onDone(await versionKeep(slug, { ...body, version }))
      },
      publishes || text.trim() ? {} : { name: texts.nameIsMissing },
    )
  const { fields } = sending.problems
  return (
    <Dialog title={publishes ? texts.publishAs(number) : texts.nameThis} onClose={onClose}>
      <Form
        sending={sending}
        verb={publishes ? texts.publish : texts.nameIt}
        meanwhile={publishes ? texts.publishing : texts.nameIt}
        onSubmit={() => void submit()}
        onCancel={onClose}
      >
        {publishes ? (
          <FormRow label={texts.notes} help={texts.notesHelp} problem={fields.notes}>
            {props => (
              <textarea
                {...props}
                data-autofocus
                rows={4}
                maxLength={5000}
                value={text}
                onChange={event => setText(event.target.value)}
              />
            )}
          </FormRow>
        ) : (
          <TextRow
            label={texts.name}
            help={texts.nameHelp}
            problem={fields.name}
            data-autofocus
            maxLength={200}
            value={text}
            onChange={setText}
          />
        )}
      </Form>
    </Dialog>
  )
}
