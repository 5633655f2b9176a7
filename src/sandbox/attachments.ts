// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.

type Fields = Readonly<Record<string, unknown>>;

/** The props with an id for each action of their attachments, where none was given. */
export function withActionIds(props: Fields, newId: () => string): Record<string, unknown> {
  const { attachments } = props;
  if (!Array.isArray(attachments)) return { ...props };
  const named = (action: Fields) => ({ id: newId(), ...action });
  return {
    ...props,
    attachments: attachments.map((item: Fields) =>
      Array.isArray(item.actions) ? { ...item, actions: item.actions.map(named) } : item
    ),
  };
}

/**
 * `props.attachments` as the server stores and shows them: every field present, and of an action
 * only what a client may know, without its integration.
 */
export function withShownAttachments(props: Fields): Record<string, unknown> {
  const { attachments } = props;
  if (!Array.isArray(attachments)) return { ...props };
  return { ...props, attachments: attachments.map(shown) };
}

function shown(attachment: Fields): Record<string, unknown> {
  const { actions, ...given } = attachment;
  return {
    ...EMPTY_ATTACHMENT,
    ...given,
    ...(Array.isArray(actions) ? { actions: actions.map(shownAction) } : {}),
  };
}

function shownAction(action: Fields): Record<string, unknown> {
  const { integration: _, ...known } = action;
  return known;
}

const EMPTY_ATTACHMENT = {
  id: 0,
  fallback: "",
  color: "",
  pretext: "",
  author_name: "",
  author_link: "",
  author_icon: "",
  title: "",
  title_link: "",
  text: "",
  fields: null,
  image_url: "",
  thumb_url: "",
  footer: "",
  footer_icon: "",
  ts: null,
};
