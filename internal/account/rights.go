// Package account decides who may do what and who is asking: roles and their rights, passwords,
// one-time passwords, sign-in with its throttle, sessions. The rows are package people's; pages
// and commands are package web's and the command line's.
package account

import "lamro/internal/records/people"

// A Right is one thing that a page or a command asks for.
type Right string

// The rights. Whoever is signed in may see their own day, their password and the help.
const (
	ReadMentions    Right = "read-mentions"    // search, articles, what a watch found
	SeeAlerts       Right = "see-alerts"       // the alerts and their state
	ActOnAlerts     Right = "act-on-alerts"    // acknowledge an alert
	SeeWatches      Right = "see-watches"      // watches, their queries and history
	EditWatches     Right = "edit-watches"     // make, change, pause a watch
	SeeSources      Right = "see-sources"      // the state of sources
	ManageSources   Right = "manage-sources"   // check now, pause, resume
	SeeCases        Right = "see-cases"        // matters that the office handles
	HandleCases     Right = "handle-cases"     // open them, draft, ask others
	ProposeVerdicts Right = "propose-verdicts" // judge a claim, for a second person to confirm
	Approve         Right = "approve"          // confirm verdicts and responses of others
	AnswerRequests  Right = "answer-requests"  // answer what one's own body was asked
	ReadAudit       Right = "read-audit"       // who did what
	ManagePeople    Right = "manage-people"    // add, disable, new one-time passwords
)

// granted is the whole of it: what a role is not listed for, it may not do. A leader reads
// everything and decides nothing for others; an operator runs the system and sees no cases.
var granted = map[people.Role][]Right{
	people.Officer:  {ReadMentions, SeeAlerts, ActOnAlerts, SeeWatches, SeeSources, SeeCases, HandleCases},
	people.Analyst:  {ReadMentions, SeeAlerts, SeeWatches, EditWatches, SeeSources, SeeCases},
	people.Verifier: {ReadMentions, SeeAlerts, SeeWatches, SeeSources, SeeCases, ProposeVerdicts},
	people.Approver: {ReadMentions, SeeAlerts, SeeWatches, SeeSources, SeeCases, Approve},
	people.Leader:   {ReadMentions, SeeAlerts, SeeWatches, SeeSources, SeeCases},
	people.Contact:  {AnswerRequests},
	people.Operator: {SeeWatches, SeeSources, ManageSources},
	people.Auditor:  {ReadAudit},
	people.Admin:    {ManagePeople},
}

// May says whether one of the person's roles grants right. A disabled person may do nothing.
func May(p people.Person, right Right) bool {
	if p.Disabled() {
		return false
	}
	for _, role := range p.Roles {
		for _, r := range granted[role] {
			if r == right {
				return true
			}
		}
	}
	return false
}
