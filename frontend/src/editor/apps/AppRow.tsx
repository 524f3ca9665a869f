/** The row of a card that says which app it calls, and where that runs. */

import { memo } from 'react'
import type { Input } from '../../api/schema'
import { specOf } from '../../ui/fields/spec'
import { setField } from '../edits/commands'
import type { CardData } from '../flow/flow'
import { useSession } from '../session'
import { AppField } from './AppField'

export const AppRow = memo(function AppRow(props: { id: string; input: Input; data: CardData }) {
  const session = useSession()
  const { id, input, data } = props
  return (
    <div className="nodrag">
      <AppField
        spec={specOf(input)}
        value={data.node.data[input.name] ?? null}
        compact
        disabled={!session.store.canEdit}
        onChange={value => setField(session, id, input.name, value)}
      />
    </div>
  )
})
