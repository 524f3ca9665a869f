/** Sending a form once at a time, and keeping what was wrong with it. */
import { useState } from 'react'
import { NO_PROBLEMS, type Problems, problemsOf } from './problems'

/** Whether a form is being sent, and what was wrong with it the last time. */
export interface Sending {
  busy: boolean
  problems: Problems
}

/** `fields` are the names under which the server speaks of this form's fields. */
export function useSubmit(fields: readonly string[]) {
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<Problems>(NO_PROBLEMS)
  const submit = async (send: () => Promise<void>, missing: Record<string, string> = {}) => {
    if (busy) return
    setProblems({ fields: missing, whole: '' })
    if (Object.keys(missing).length) return
    setBusy(true)
    try {
      await send()
    } catch (error) {
      setProblems(problemsOf(error, fields))
    } finally {
      setBusy(false)
    }
  }
  return { busy, problems, submit }
}
