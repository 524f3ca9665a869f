/** What is in a tab while its data comes, and when it does not come. */
import type { UseQueryResult } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { errorMessage } from '../../lib/errors'
import { Button } from '../controls/Button'
import { texts } from '../texts'
import css from './forms.module.css'

interface Props<T> {
  query: UseQueryResult<T>
  /** What is being loaded, such as "your keys". */
  what: string
  children: (data: T) => ReactNode
}

export function Loaded<T>({ query, what, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) {
    return (
      <div className={css.empty} role="alert">
        <p>
          {texts.loadingFailed(what)} {errorMessage(query.error)}
        </p>
        <Button icon={<RotateCw aria-hidden size={15} />} onClick={() => void query.refetch()}>
          {texts.tryAgain}
        </Button>
      </div>
    )
  }
  return (
    <div role="status" aria-label={texts.loadingWhat(what)}>
      <div className={css.ghost} />
      <div className={css.ghost} />
      <div className={css.ghost} />
    </div>
  )
}
