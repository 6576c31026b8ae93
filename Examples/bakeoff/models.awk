# Three models of text that sort a ticket into a team by the words that they know. A provider of protocol `command`: a line of
# JSON with the call comes in, one with the answer goes out.
#
# small is fast and cheap, and knows nothing of law; medium knows all words, and takes the first that a ticket has; large is
# slow and dear, and sees that a lawyer matters more than an invoice.

BEGIN {
  split("invoice refund charged card", billing)
  split("parcel courier delivery arrived", shipping)
  split("password locked account code", login)
  split("lawyer court contract privacy", legal)
}

{
  model = member("model")
  text = tolower(member("input"))
  first = length(text) + 1
  team = "billing"
  find(billing, "billing")
  find(shipping, "shipping")
  find(login, "login")
  if (model == "medium") find(legal, "legal")
  if (model == "large") {
    first = length(text) + 1
    find(legal, "legal")
  }
  if (model == "medium") system("sleep 0.03")
  if (model == "large") system("sleep 0.09")
  printf "{\"output\": \"%s\", \"model\": \"%s-2026-10\", ", team, model
  printf "\"usage\": {\"input_tokens\": %d, \"output_tokens\": 1}}\n", length(text) / 4 + 1
}

# Takes a team whose words come before all that were found.
function find(words, name,   each, at) {
  for (each in words) {
    at = index(text, words[each])
    if (at > 0 && at < first) {
      first = at
      team = name
    }
  }
}

# The text of a member of the line; these tickets have no quotes within.
function member(name,   rest) {
  rest = substr($0, index($0, "\"" name "\":\"") + length(name) + 4)
  return substr(rest, 1, index(rest, "\"") - 1)
}
