import type { CueTable } from './acts-cues.ts';

/** English cues. Apostrophes are silent: `don't` and `dont` are one word. */
export const CUES_EN: CueTable = {
  available: `still available|available~|still have|still for sale|stil for sale|for sale still
    |still selling|still got|is it sold|been sold|sold yet|already sold|is this sold
    |do you have the|you still have|still around|up for grabs|for sale?|still on sale`,
  negotiable: `negotiable|negotiate|flexible|wiggle room|open to offers|take an offer
    |taking offers|consider offers|accept offers|best price|lowest price|lowest you|lowest amount
    |how low|bottom price|bottom dollar|come down|go lower|go any lower|go down|lower the price
    |drop it|drop the price|take less|take any less|accept less|last you can do|best you can do
    |better price|any less|budge|room on the price|discount the price|bottom line
    |would you be willing to go|what could you do for|what would you be willing
    |better on the price|bettr on the price|lower price|the least you|least you would|come off
    |knock off|go down on|a little less|bit less|firm on|price firm|any discount|a discount
    |a deal on|do better on|cheaper|lowest`,
  condition: `condition|anything wrong|any issues|any problems|any problem|any damage
    |major damage|any defects|defects|scratches|scratched|dents|stains|rips|tears|any rust|rust
    |cracked|cracks|work properly|does it work|do they work|does it still work|still work
    |works well|working|both work|works|brand new|is it new|is the * new|its used right
    |never used|like new|any wear|wear and tear|what shape|good shape|well maintained|in shape
    |accident|accidents|broken|marks|flaws|blemishes|torn|run well|runs well|it run
    |how is the engine|mint|quality|problems|issues|looks used|still new|theyre new|damaged
    |damage|dings|is the chair new|how is the|mechanical`,
  'ask-price': `how much|what price|the price?|what is the price|whats the price|price on
    |asking for it|are you asking|how much is|how much do you want|how much are you
    |what are you asking|what do you want for|current price|whats your price|what is your price
    |selling it for|selling price`,
  'ask-detail': `how old|how many|what size|what color|what year|what model|how big|how long
    |dimensions|mileage|how far|what brand|why are you|does it come|do you have any
    |can you tell me|tell me about|tell me more|more about|more information|is there|are there
    |does it have|did you|who|which|what kind of gas|what about|included|come with|accessories
    |clean title|owners|what exactly|could you tell|miles on|have a lot of miles`,
  bid: `would you take|will you take|would you accept|will you accept|can you do|could you do
    |would you do|will you do|can i offer|i can offer|i will offer|ill offer|i offer
    |i could offer|offer you|can i give you|i can give|i will give|ill give|i can pay|i will pay
    |ill pay|id pay|i would pay|willing to pay|willing to go|willing to give|willing to offer
    |i could do|i can do|how about|what about|how does|what if i|what if we|could i get
    |can i get it|let me get it for|would you consider|would you be willing|would you sell
    |would you agree|how bout|could you take|meet me at|split|i could go|i can go|ill go|id go
    |can we do|lets do|lets say|do it for|let it go for|sell it for|sell it to you for
    |take it for|go for|willing to do|willing to take|willing to accept|willing to sell|can sell
    |i would take|i can take|id take|i can accept|id accept|i would accept|make it|i want
    |we can offer|we offer|could pay|give you|get it for|let you have it for|can start
    |work for you|sound good|sounds good to you|good for you|settle on|settle for|do you say to
    |be ok|be okay|come down to|go down to|come up to|bring it down to|get it down to|drop it to
    |lower it to|closer to|anywhere near|near the|youll take|you will take|meet you at
    |and we have a deal|and we have a done deal|and you have a deal|and you got a deal|and its a deal
    |and it is a deal|and its yours|if you agree|if you accept|if we agree
    |ill do|i will do|i would do|magic number|we agree on|say we agree
    |can we agree|could we agree|shall we agree|would like to agree`,
  asking: `asking|listed for|listed at|list price|selling for|selling it for|the price is
    |its priced|want for it|looking to get|price is|priced at|im looking for|hoping to get
    |hoping for|looking for around|i want`,
  final: `lowest i|lowest i can|lowest i could|lowest i would|the lowest|best i can|best i could
    |the best i can|best we can|final offer|last offer|last price|final price|my limit
    |cant go lower|cant go any lower|cannot go lower|no lower|highest i|most i can|the most|max i
    |maximum|firm|take it or leave it|not a penny|cant go below|absolute lowest|bottom line
    |cant go higher|cannot go higher|no higher|nothing less|as low as|at least|no less than
    |as high as|not go lower|cant do less|could not go lower|rock bottom|no more than
    |cannot offer more|cant offer more|not more than|unable to go|offer more than|offer you more
    |give more than|give you more|pay more than|pay you more|do more than|go higher than|go over
    |go lower than|do less than|take less than|accept less than|authorize less|authorize more
    |best we could|best the|the only thing we|the only thing i|highest we|lowest we|most we`,
  deal: `deal|its a deal|its a deal then|you got a deal|you have a deal|got yourself a deal
    |have a deal|sold|done deal|agreed|we agree|i agree|i accept|accepted|accept your offer
    |accept that|accept the|accept this|can accept|you got it|its yours|all yours
    |sounds like a deal|works for me|that works|that will work|that would work|thatll work
    |i can do that|i could do that|we can do that|can live with that|thats fair|that is fair
    |fair enough|its a done deal|i can agree|i would agree|ill accept|i will accept
    |happy with that|we have an agreement|call it a deal|okay deal|cant argue|shake on it
    |can make that work|we will accept|agree to|agree with|i will agree|happy to accept|approve
    |we accept|is acceptable|acceptable|you can have|that works for me|it is yours|agree|in agreement|i concur
    |i can live with|i could live with|i can accept that|thats doable|that is doable|can do that
    |happy to do that|no objection|no objections|good with that|fine with that|ok with that
    |okay with that|you have my word|you got yourself|youve got it|youve got a deal|granted
    |we have a deal|done|can agree|very well|you can be|can be on|will approve|is fine with
    |accept|agreeable
    |that is acceptable|you may have|will give you that|offer you that`,
  take: `ill take it|i will take it|i take it|ill buy it|i will buy it|id like to buy it
    |want to buy it|ill get it|ill have it|i want it|ill grab it|ill take them|ill take this
    |you can have it|take it off your hands|its yours|lets do it|lets do that|let us do it
    |lets go with that|consider it sold|its all yours|go ahead and send|send the offer
    |send me the offer|ill send the offer|make the offer|submit`,
  yes: `yes|yeah|yep|yup|ok|okay|sure|alright|all right|k|of course|absolutely|definitely
    |certainly|ya|yea|sounds good|sounds great|sounds fair|sounds reasonable|no problem|very well
    |allright|fine|thats fine|that is fine|it is fine|is fine|thats okay|thats ok|fine with me
    |fine by me|ok then|okay then|you bet`,
  fine: `great|perfect|awesome|cool|excellent|wonderful|good|nice|fantastic|super|happy|glad
    |that would be great|thats great|sweet`,
  no: `no|nope|nah|not really|no way|no thanks|no thank you|no sorry|sorry no|no can do|no deal
    |not possible|not going to happen|unacceptable|not acceptable`,
  refuse: `dont think|do not think|i cant|i cannot|cant do|cannot do|cant accept|cannot accept
    |wont|will not|cant take
    |couldnt|could not|cant go|cannot go|can not|not able|unable|not willing|i reject|reject
    |rejected|i refuse|refuse|i disagree|disagree|decline|i decline|dont think so|wouldnt be able
    |cannot agree|cant agree|cannot give|cant give|cannot offer|cant offer|do not agree
    |dont agree|not agree|im sorry|i am sorry|sorry|unfortunately|afraid|not interested
    |not available at|is not possible|isnt possible|no longer|not negotiable|non negotiable
    |dont have|do not have|we do not|we dont|no open|not open|not an option|not optional
    |does not come|doesnt come|does not allow|out of the question|filled|currently full
    |off the table|wish i could|too bad|not at this time|not a chance|tough for me|no chance
    |not looking for|not something i|is too|cant have|cannot have|can not have|not in the budget
    |not in our budget|not in my budget|out of budget|not allowed|reserved for|will never|never get
    |not going to|not gonna|do not accept|dont accept|wont accept|there is no|there are no
    |there will be no|not a possibility|impossible|no go|cant agree to|hard pass|cant help you
    |have to reject|have to decline|have to refuse|must decline|do not offer|dont offer
    |done with|does not qualify|do not qualify|dont qualify|not seeking|not be provided|will not be
    |reserved just|reserved only|exclusively|scarce|all that we have|not available for
    |not available with|is not available|are not available|isnt available|arent available
    |not on the table|isnt an option|arent an option|is not an option|are not an option`,
  'too-much': `too low|too high|way too low|way too high|too much|low ball|lowball|lowballing
    |insulting|insult|steep|expensive|bit high|bit low|out of my|over my budget|more than i
    |less than i|kind of low|a little high|a little low|a little much|so low|that low|that high
    |cant afford|not enough|losing money|ridiculous|be joking|kidding`,
  cannot: `cant make|cannot make|not free|wont work|doesnt work for me|does not work for me
    |not good for me|cant meet|cant do it then|im busy|i am busy|working then|at work`,
  'no-interest': `not interested|ill pass|i will pass|pass on|no longer interested
    |changed my mind|look elsewhere|keep looking|find another|someone else|other offers
    |other options|good luck|never mind|nevermind|forget it|walk away`,
  meet: `meet|meet up|meetup|meeting|lets meet|meet me|meet you|see it|come see|take a look
    |come by|stop by|come over|swing by|drop by|pick it up|pick up|pick this up|pick them up
    |come get|come and get|grab it|pickup|viewing|showing|test drive|check it out in person
    |look at it|hand over|come pick`,
  where: `where|which place|what place|whats your address|your address|what area|where are you
    |where do you`,
  when: `when|what time|what day|which day|when can|how soon`,
  come: `i can come|i could come|i can be there|can you come|could you come|come today
    |come tomorrow|i can pick|i could pick|can i come|could i come|i can meet|can you meet
    |could we meet|can we meet|want to meet|wanna meet|are you free|you free|i am free|im free
    |i can make it|i will come|ill come|come and|be able to`,
  'other-time': `instead|rather|another day|another time|different time|different day|earlier
    |later|reschedule|change it to|move it|can we change|how about|what about|better|push it`,
  busy: `not home|not at home|out of town|busy|cant today|cant tomorrow|not today|not tomorrow
    |not available|i work|cancel|something came up|raincheck`,
  'will-be-there': `see you|see you then|see you there|ill be there|i will be there|be there|cya
    |see ya|works for me|that works|that time works|it is a date|ill see you|will see you`,
  deliver: `deliver|delivery|delivered|ship|shipping|shipped|drop it off|bring it|mail it|haul
    |courier|transport`,
  pay: `cash|venmo|paypal|zelle|credit card|payment|pay with|pay by|cashapp|check|money order
    |up front|upfront|deposit|pay cash|transfer`,
  contact: `call me|text me|my number|your number|phone number|email me|my email|whatsapp
    |give me a call|reach me|contact me|my cell|send me a text`,
  greet: `hi|hello|hey|good morning|good afternoon|good evening|greetings|howdy|hiya|hi there
    |hey there|hello there`,
  bye: `bye|goodbye|see you|take care|have a good|have a nice|have a great|talk soon|later
    |good night|thank you for your time|thanks for your time|nice doing business`,
  thanks: `thanks|thank you|thx|ty|appreciate|thank u`,
  not: `not|no|dont|cant|wont|isnt|never|cannot|doesnt|couldnt|wouldnt|without|nothing|none|nor
    |didnt|unless`,
  if: `if|unless|provided|as long as|only if|in exchange|throw in|included`,
  'past-price': `really wanted|went to the store|in the store|my budget is|my budget as it is
    |originally looking|was hoping|my budget was|paid|bought it for|i paid|retail|retails
    |originally|original price|brand new it|new it|worth|valued|cost me|costs|cost|new one
    |new ones|on amazon|on ebay|at the store|usually|normally|was listed|sells for|sell for|spent
    |to a friend for|to my friend for|to someone else for|to somebody else for|another buyer|other buyer
    |another offer|another guy|offered me|have an offer
    |in no time|in the future|some day|someday|one day|eventually|over time|down the road|down the line
    |years from now|in a few years|later on
    |market value|blue book|kbb|go for|going rate|goes for|new for`,
  middle: `meet in the middle|split the difference|meet me in the middle|meet you in the middle
    |meet halfway|meet me halfway|meet you halfway|in the middle|half way|halfway`,
  'list-price': `asking price|list price|listed price|listing price|full price|full amount
    |original price|your price|price listed|the price you|what youre asking|what you are asking`,
  'how-much': `how much`,
  'last-word': `last|final`,
  calendar: `schedule|add|create|put|set up|setup|book|make a|make an|make me|new event
    |appointment|event|calendar|plan|arrange|reserve|organize|block|i have a|i have an|i need to
    |i want to`,
  wait: `wait|hold on|let me think|think about it|come back to|get back to|back to that|later in
    |we shall see|we will see|well see|might consider|one moment|minute|a sec|get back to you|hold it`,
  compare: `below|under|beyond|anything over|than|instead of|rather than|not for|but not
    |more than|less than|over`,
  discount: `off|percent|discount|% off|knock off|less|knock`,
  per: `each|per|apiece|a month|per month|monthly|a piece|/month|a week|per week|a year|per year
    |yearly|an hour|per hour|a day|per day|deposit|fee|utilities|/mo`,
  'place-noun': `at the|in front of|parking lot|mall|station|starbucks|walmart|downtown|park
    |library|police station|corner of|my place|your place|my house|mcdonalds|target|gas station
    |street|avenue`,
  swap: `trade|swap|exchange`,
  fact: `you already agreed|you agreed|you accepted|you already accepted|already agreed|you said
    |because|its a|it is a|it has|it is|its|comes with|i have|i am`,
  agrees: `it is|it is then|ill do|i will do|works|works for me|is fine|is good|sounds good
    |sounds fair|sounds great|seems fair|seems very reasonable|seems reasonable|is a deal|is fair
    |is okay|is ok|is acceptable|is perfect|is reasonable|will work|would work|itll be|is great`,
  unit: `hours|hour|hrs|working hours|percent|years|year|miles|people|months|month lease|days
    |weeks|inches|inch|feet|minutes|mins|speed|gb|owners|bedrooms|bedroom|bath|lbs|pounds`,
};
