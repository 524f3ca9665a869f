/** Comment: on the selected node, or where the next click says; and the list of all threads. */
import { MessageCircle, MessageSquareText } from 'lucide-react'
import { canComment, commentOn, showComments } from '../../comments/show'
import { texts } from '../../texts'
import { type Action, selection } from '../action'

export const comment: Action = {
  id: 'comment',
  label: texts.comment,
  shortcut: 'Shift+c',
  // With one node selected this key connects it.
  alsoKeys: ['c'],
  icon: MessageCircle,
  menus: ['canvas', 'node'],
  listed: canComment,
  when: canComment,
  run(session) {
    const [id, ...others] = selection(session)
    if (id !== undefined && !others.length) commentOn(session, id)
    else showComments(session, { placing: !session.view.getState().comments.placing })
  },
}

export const comments: Action = {
  id: 'comments',
  label: texts.comments,
  icon: MessageSquareText,
  listed: ({ role, past }) => role !== null && !past,
  when: ({ role, past }) => role !== null && !past,
  run(session) {
    const { panel } = session.view.getState().comments
    showComments(session, { panel: !panel })
    if (!panel) session.view.setState({ outline: false, assets: false, history: false })
  },
}
