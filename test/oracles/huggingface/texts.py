"""Short texts that read like real ones, each with questions; and texts in which something is awkward for a tokenizer."""

PLAIN = [
    ("The first railway of the valley was opened in 1887 by the engineer Marta Lindqvist. It carried timber from Hollow Creek to the "
     "harbour at Port Ansgar, a distance of 41 miles, until a flood destroyed the bridge in 1932.",
     ["When was the railway opened?", "Who opened the railway?", "What did it carry?", "How long was the line?", "What destroyed the bridge?"]),
    ("Order #48213 was shipped from our warehouse in Leipzig on Tuesday, 3 March, and will arrive within 5-7 working days. The total "
     "was $1,234.56 (incl. VAT); you can return any item within 30 days.",
     ["Where was the order shipped from?", "How much was the total?", "How long do I have to return an item?", "When will it arrive?"]),
    ("Dr. Amara Okafor, who leads the malaria programme at the institute, said that the new vaccine reduced severe cases by 75% among "
     "children under five. The trial ran in Ghana, Kenya and Malawi from 2019 to 2023.",
     ["Who leads the malaria programme?", "By how much were severe cases reduced?", "In which countries did the trial run?"]),
    ("Photosynthesis takes place in the chloroplasts. Light is absorbed by chlorophyll, water is split, and oxygen is given off as a "
     "by-product; the energy is stored as ATP and NADPH, which drive the Calvin cycle.",
     ["Where does photosynthesis take place?", "What absorbs light?", "What is given off as a by-product?", "What drives the Calvin cycle?"]),
    ("Berlin, BERLIN, berlin: the same word three times. The meeting is in Berlin. Paris was considered, but PARIS was too expensive.",
     ["Where is the meeting?", "Which city was too expensive?", "Which word is there three times?"]),
    ("I bought these headphones last summer for my daughter. The sound is great but the left cable broke after two weeks, and the seller "
     "AudioHaus refused to refund me. I'd rather buy from Kessler & Sons next time.",
     ["What broke?", "Who refused to refund?", "When were the headphones bought?", "Where would you buy next time?"]),
    ("To reset the device, hold the power button for ten seconds until the LED blinks red (not orange!). If it doesn't, e-mail "
     "support@example.org or call +49-30-901820, Mon-Fri, 9:00-17:00.",
     ["How long must the button be held?", "What colour does the LED blink?", "What is the phone number?", "When can I call?"]),
    ("My name is Wolfgang and I live in Berlin. My sister Clara lives in Paris and works as an antidisestablishmentarianist archivist.",
     ["Where do I live?", "Who lives in Paris?", "What does Clara work as?", "What is my name?"]),
]

AWKWARD = [
    ("emoji", "Yesterday 🎉🎉👩‍👩‍👧 we had a party in Zürich 🇨🇭 with 12 friends 👍🏽!", ["Where was the party?", "How many friends?"]),
    ("combining accents", "The cafe\u0301 of Rene\u0301 Zo\u0308e is in Sa\u0303o Paulo\u0301. It is a cafe\u0301", ["Where is the café?", "Whose cafe\u0301 is it?"]),
    ("composed accents", "Zoë’s café in São Paulo — “naïve” résumé… Ångström lived in Uppsala.", ["Where is the café?", "Where did Ångström live?"]),
    ("CJK", "東京は日本の首都です。 Kyoto (京都) was the capital until 1868年; 한국의 수도는 서울입니다. カタカナ", ["Which city was the capital?", "Until when?", "수도는?", "首都は?"]),
    ("right to left", "ולד בחיפה בשנת 1950 ו־שרה. الأمير ولد في القاهرة عام ١٩٥٠. Sarah was born in Haifa.", ["Where was Sarah born?", "מתי?", "أين ولد؟"]),
    ("tabs and newlines", "My name is\tWolfgang\r\n\r\n\tand I live\n\n\n\nin Berlin\u2028with\u00a0my\u3000cat\u0085Tom\u000band\u000cdog", ["Where do I live?", "Who is the cat?"]),
    ("special tokens", "My name is [SEP] and I [CLS] live in [MASK] Berlin [PAD][UNK] or [sep] Paris[SEP]ian [SE\u200bP].", ["Where do I live?", "Where [CLS] do I [SEP] live?", "[CLS]", "[CLS] [CLS] who [MASK]?"]),
    ("long words", f"The code is {'x' * 100} and the key {'y' * 101} of {'Ab1' * 60}.", ["What is the code?", "What is the key?"]),
    ("control characters", "\u200bThe \u00adpass\u00adword\u200b is \u200b\u200b \ufeffswordfish\u0000\u0007\ufffd, not\u202a secret\u202c.\u200b", ["What is the password?"]),
    ("becomes punctuation", "Is x\u226f5 or y\u2260z\u037e or a\u1fefb\u0338c? The value x\u226f5 holds for\u0387all 7.", ["Which value holds?", "For how many\u037e"]),
    ("new characters", "The sign \u2e4f\U00011fff\u166d and \u08e2\U000110cd\u0890 mark\u1dfb \U0001e944\u1734 o\u0308\u302e stood\U00011660there in 2016.", ["Which sign?", "When?"]),
    ("Devanagari and Greek", "हिन्दी भाषा दिल्ली में। ΟΔΟΣ ΟΔΥΣΣΕΥΣ was in ΑΘΗΝΑ; İstanbul ILICA ſtraße ﬁne Ωhm K.", ["Who was in ΑΘΗΝΑ?", "Where is ILICA?"]),
    ("signs", "a+b=c^d`e|f~g<h>i$j & AT&T’s “R&D” costs €5/m² — ½ of ™ x_y@z#1\\2 {k}[l]", ["What does R&D cost?", "What is a+b?"]),
    ("mathematics", "𝓗𝓮𝓵𝓵𝓸 𝐁𝐞𝐫𝐥𝐢𝐧 𐐀𐐁 and 𠀀𫝀𫠝𫤠 with Ⅷ ﷺ stand in row 𝟗.", ["Where do they stand?", "Who says 𝓗𝓮𝓵𝓵𝓸?"]),
    ("Hangul in pieces", "서울특별시 \u1112\u1161\u11ab글 은 1446 년에 만들어졌다.", ["언제?", "When?"]),
    ("same answers", "yes Yes YES yEs, no No NO; STRASSE Straße strasse İI ıi ΣΑΣ σας ςας", ["yes or no?", "Which street?"]),
]

FILLER = "The river carries barges past the old mill, where nobody has ground any corn since the war. "
NEEDLES = [
    ("Anna Bergmann was born in 1984 in the village of Sankt Ulrich. ", "When was Anna Bergmann born?"),
    ("The keeper of the lighthouse is called Tobias Reinholdt. ", "Who is the keeper of the lighthouse?"),
    ("The treasure was hidden under the floor of the chapel. ", "Where was the treasure hidden?"),
]
