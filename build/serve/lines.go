package main

// What people say. Lines differ in length, script and shape, as real ones do,
// so that a timeline shows what it does with them.

var reactions = []string{"👍", "😂", "❤️", "🥾", "🎉"}

var hikeLines = []string{
	"Who is in for Sunday?",
	"Me! Same place, nine o'clock?",
	"Nine is early. Half past?",
	"Half past nine works for the bus too, it gets in at 9:24.",
	"I looked at the forecast: dry until three, then showers. If we keep the break short we are back at the station before it starts, and if not, the hut has a roof and, more to the point, cake.",
	"Cake decides it.",
	"Can I bring my cousin? He has never walked more than to the fridge.",
	"Of course",
	"The bridge at the mill is still closed, so we need the long way round: https://example.org/path/closed",
	"How much longer?",
	"About two kilometres. Flat ones.",
	"Nothing about that valley is flat 😅",
	"I have a spare pair of poles if anyone wants them.",
	"Yes please!",
	"ok",
	"Shopping so far:\n- bread\n- apples\n- the good cheese\n- chocolate, obviously",
	"日曜日、楽しみにしています。",
	"נתראה ביום ראשון",
	"What do we do with the dog?",
	"The dog walks better than all of us",
	"I will be ten minutes late, start without me and I run.",
	"You say that every time and then we wait anyway.",
	"🥾🌲⛰️",
	"Found last year's map in a coat pocket. It has been through the wash but the important half survived, which is the half without the tea stain.",
	"Does anyone have Inge's number?",
	"Asked her yesterday, she is away until the 14th.",
	"My knee says hello and would like the easy route",
	"Then we split after the chapel and meet at the hut.",
	"Deal.",
	"See you all tomorrow!",
	"That was lovely. Thank you all.",
	"Legs: gone. Mood: excellent.",
	"Who took the photo from the top? Please send it!",
}

var talkLines = []string{
	"who broke this one?", "me, looking", "fixed, it was a missing file", "flaky again, third time this week",
	"I restarted it", "nice, two minutes faster than yesterday", "what changed?", "the cache finally works",
	"can someone review the small one before lunch?", "done", "thanks!", "is it only me or is the network slow today",
	"It passes here and fails there, so it must be the clock. It is always the clock. When it is not the clock it is the locale, and when it is not the locale I go home.",
	"rolled back", "the docs job needs more memory", "green everywhere 🎉", "let's leave it over the weekend and look on Monday",
	"does anyone remember why we pin that version?", "because of the thing with the thing", "ah. right.",
}

var buildLines = []string{
	"build %d passed in %d s", "build %d passed in %d s (linux/amd64)", "build %d failed after %d s: 1 test of 812",
	"build %d passed in %d s, package 1.1 MB", "build %d queued, %d s to go",
}

var directLines = []string{
	"Hey, are you around?", "Always. What's up?", "I finally set this thing up", "And? Do you like it?",
	"It opened before I had put the coffee down", "That is either fast software or slow coffee",
	"Bit of both. Did you see Carol's plan for Sunday?", "Not yet, is it the ridge again?",
	"It is the ridge again", "Fine by me, as long as we stop at the hut",
	"There is a clause about the hut, in writing", "Then I am in", "Do you still have my tent?",
	"Define \"have\"", "Bob.", "It is dry and it is complete and it is in the cellar, I think in that order",
	"Can you bring it on Sunday?", "I will", "Also, read this when you have time: https://example.org/long-read", "On my list",
	"Your list is where links go to sleep", "They are very comfortable there", "Dinner on Thursday?", "Thursday is good. Your place?",
	"Mine. Bring nothing.", "I will bring something", "I know", "👋", "See you Thursday!", "See you",
}
