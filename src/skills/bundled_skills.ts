import decisionRecord from "./bundled/decision_record.md" with { type: "text" };
import incidentTimeline from "./bundled/incident_timeline.md" with { type: "text" };
import meetingNotes from "./bundled/meeting_notes.md" with { type: "text" };
import releaseNotes from "./bundled/release_notes.md" with { type: "text" };
import teamDigest from "./bundled/team_digest.md" with { type: "text" };
import type { BundledSkill } from "./skill_store.ts";

/** What comes with the program, for teams in a chat. */
export const BUNDLED_SKILLS: readonly BundledSkill[] = [
  { category: "team", name: "decision-record", text: decisionRecord },
  { category: "operations", name: "incident-timeline", text: incidentTimeline },
  { category: "team", name: "meeting-notes", text: meetingNotes },
  { category: "development", name: "release-notes", text: releaseNotes },
  { category: "team", name: "team-digest", text: teamDigest },
];
