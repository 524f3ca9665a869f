/** Chooses one of the user's keys, or saves a new one and chooses that. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createPortal } from 'react-dom'
import { credentialList } from '../../api/account'
import css from '../fields/fields.module.css'
import { NewCredential } from './NewCredential'
import { keyOptions, NEW } from './options'

interface Props {
  label: string
  /** The id of a credential; '' for none. */
  value: string
  /** A key belongs here: without one the step fails. */
  wanted?: boolean | undefined
  /** The service whose newest key is used where none is chosen. */
  provider?: string | undefined
  /** Where the key would be sent, as far as that is known. */
  origin?: string | undefined
  disabled?: boolean | undefined
  id?: string | undefined
  onChange: (id: string) => void
}

export function KeySelect(props: Props) {
  const { label, value, wanted, provider, origin, disabled, id, onChange } = props
  const client = useQueryClient()
  const { data } = useQuery({
    queryKey: ['credentials'],
    queryFn: credentialList,
    staleTime: 10_000,
  })
  const [adding, setAdding] = useState(false)
  const { options, missing } = keyOptions(data, value, { wanted, provider, origin })
  return (
    <>
      <select
        id={id}
        className={`${css.select} nodrag`}
        aria-label={label}
        aria-invalid={missing || undefined}
        disabled={disabled}
        value={value}
        onChange={event => {
          if (event.target.value === NEW) setAdding(true)
          else onChange(event.target.value)
        }}
      >
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      {adding &&
        createPortal(
          <NewCredential
            provider={provider}
            origin={origin}
            onClose={() => setAdding(false)}
            onAdded={made => {
              client.setQueryData(['credentials'], [...(data ?? []), made])
              setAdding(false)
              onChange(made.id)
              void client.invalidateQueries({ queryKey: ['credentials'] })
            }}
          />,
          document.body,
        )}
    </>
  )
}
