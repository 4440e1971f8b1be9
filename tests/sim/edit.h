/*
 * Edits of answers: edits=FILE names lines "PREFIX WHAT VALUE", each for answers to paths that begin with PREFIX. WHAT
 * is a member of the JSON body by its JSON Pointer (RFC 6901), and VALUE its JSON, sent as it stands, valid or not; a
 * member that is not there is added. Or WHAT is @NAME, and VALUE that header's; or it is =, and VALUE the whole body.
 */
#pragma once

struct answer;
struct request;

/* Changes the answer as the target's file says, if it has one. */
void edit_answer(const struct request *r, struct answer *a);
