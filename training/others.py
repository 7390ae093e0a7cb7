"""Function words of languages that nobody can score yet: enough for the identifier to refuse them instead of guessing.

Random strings of these words are the identifier's class "other"; they are written here from a grammar's first pages,
not taken from any corpus. Only the n-grams of the words are learned, so word order does not matter.
"""

from __future__ import annotations

OTHERS = {
    "nl": """de het een en van ik je dat niet is op te aan met voor er maar om dan zou wat mijn men dit zo door over ze
        zich bij ook tot uit naar heb hoe heeft hebben deze want nog zal wij kan kunnen geen iets worden toch al waren
        veel meer doen toen moet ben zonder hun dus alles onder ja eens hier wie werd altijd wordt waarom nooit goed
        vandaag morgen klantenservice vertraging bedankt slecht alweer weer gewoon echt mooi leuk gaat komt jullie""",
    "sv": """och att det som en är av för med till den på inte om ett men var jag sig från vi så kan han när år hade
        säger man efter då ut också varit vara eller mycket skulle detta vid här bara någon något alla blir måste få
        göra gör mig dig er oss vad hur varför igen aldrig idag imorgon tack dålig bra kundtjänst försenad går kommer""",
    "da": """og at det som en er af for med til den på ikke om et men var jeg sig fra vi så kan han når år havde siger
        efter da ud også været være eller meget skulle dette ved her kun nogen noget alle bliver må få gøre gør mig dig
        os hvad hvordan hvorfor igen aldrig i dag i morgen tak dårlig god kundeservice forsinket går kommer blev""",
    "no": """og at det som en er av for med til den på ikke om et men var jeg seg fra vi så kan han når år hadde sier
        etter da ut også vært være eller mye skulle dette ved her bare noen noe alle blir må få gjøre gjør meg deg oss
        hva hvordan hvorfor igjen aldri i dag i morgen takk dårlig bra kundeservice forsinket går kommer ble""",
    "fi": """ja on ei se että en hän mutta niin kun ole mitä minä sinä tämä jos oli myös kuin vain nyt sitten siitä
        olen voi kaikki mukaan ovat olla minun sinun joka jotka hyvä huono miksi koskaan tänään huomenna kiitos taas
        asiakaspalvelu myöhässä mennä tulla paljon vielä aina enää meidän teidän heidän tässä siellä""",
    "pl": """i w nie na się z do to że jest jak o co ale po za od tak już tylko czy jego jej ich ten ta te przez przy
        dla może być był była było są mnie mi ci cię nas was nam kiedy gdzie dlaczego bardzo dobrze źle nigdy zawsze
        dziś jutro dziękuję znowu obsługa klienta opóźniony mam masz ma mamy macie mają który która które""",
    "cs": """a se v na že je to s z do o i jako k ale po za od tak už jen jeho její jejich ten ta ty při pro může být
        byl byla bylo jsou jsem jsi jsme jste mě mi ti tě nás vás nám kdy kde proč velmi dobře špatně nikdy vždy dnes
        zítra děkuji znovu zákazník zpoždění mám máš má máme mají který která které protože nebo když""",
    "ro": """și în de la cu pe nu un o că este sunt a fost mai ce din dar care pentru se să am ai are avem aveți au
        lui ei lor acest această aceste când unde de ce foarte bine rău niciodată mereu azi mâine mulțumesc iar
        serviciul clienți întârziere prin fără după până nici sau dacă cum doar așa acum vă vreau""",
    "hu": """a az és hogy nem is egy ez azt csak de ha meg már van volt lesz vagyok vagy vagyunk nekem neked neki nekünk
        mi ti ők én te ő kell lehet mint mert még nagyon jó rossz soha mindig ma holnap köszönöm megint ügyfélszolgálat
        késik késés ezt ami aki amely hol mikor miért hogyan után előtt nélkül között ilyen olyan""",
    "tr": """ve bir bu da de için ne çok mi ama o ben sen biz siz onlar var yok değil gibi daha en kadar sonra önce ile
        şey bana sana ona bize size her hiç niye neden nasıl nerede zaman bugün yarın teşekkürler yine müşteri hizmetleri
        gecikme iyi kötü güzel oldu olacak olan olarak diye ya ki şimdi artık böyle öyle benim senin
        hala hâlâ kargo kargom gelmedi gelmiyor gitti geldi açılmıyor çalışmıyor olmuyor uygulama uygulaması sabahtan
        beri akşam gün hafta haftadır saat saattir ay yıl bekliyorum bekledim cevap vermiyor aradım sipariş siparişim ürün param
        para iade berbat rezalet kötüsünüz mükemmel harika sevdim seviyorum memnun değilim var mı yok mu hangi kim burada orada""",
    "id": """yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada mereka
        lebih kata tahun sudah atau saat oleh menjadi orang telah adalah sebagai kita kami aku kamu anda dia apa kenapa
        bagaimana sangat baik buruk pernah selalu hari besok terima kasih lagi banget gak nggak udah aja dong sih
        pelanggan terlambat jangan mau lagi belum kalau tapi sama buat yg
        sekali sudah belum barang pesanan pesan kirim dikirim pengiriman sampai datang tunggu menunggu lama cepat lambat
        pelayanan layanan bagus jelek kecewa mengecewakan parah tolong dibantu bantu bantuan mohon maaf kak min admin gimana
        kalo krn tdk sdh blm dgn utk nih deh kok loh udh jadi makan minum rumah kantor kereta pesawat hotel harga murah mahal
        beli bayar uang kembali rusak hilang masuk keluar bukan siapa mana kapan sini sana kemarin nanti sekarang minggu bulan
        pagi siang malam suka senang sedih marah aplikasi jaringan internetnya barangnya tak nak awak korang tengok buat duit
        teruk sangat dah tadi esok hantar kedai sedap cuma memang semua setiap punya boleh harus perlu ingin mungkin""",
    "tl": """ang ng sa na at ay mga ko mo siya ako ikaw kami tayo kayo sila ito iyan iyon hindi oo may wala lang din rin
        pa po opo ba naman kasi pero kung dahil para kay ni si nang mas lahat bakit paano saan kailan ngayon bukas
        salamat ulit talaga yung yun dito doon masama maganda mabuti pangit sobra
        grabe tagal ang sarap sulit hindi ko na talaga naman dito kayo nyo niyo ninyo oras araw linggo bili binili pagkain
        serbisyo ulitin matagal mabilis tulong pakiusap pera balik sira nawala naghihintay kanina mamaya wag huwag gusto ayaw""",
    "vi": """và của là có không cho được trong một những các này đó với người khi đã sẽ đang tôi bạn anh chị em chúng ta
        họ nó rất tốt xấu tại sao thế nào ở đâu hôm nay ngày mai cảm ơn lại luôn bao giờ nhưng vì nếu thì mà cũng như
        để từ đến về ra vào lên xuống nhiều ít hơn khách hàng""",
    "sw": """na ya wa kwa ni za katika la kuwa hii hiyo yake huo cha lakini si kama sana mimi wewe yeye sisi nyinyi wao
        nini kwa nini vipi wapi lini leo kesho asante tena daima kamwe nzuri mbaya watu mtu kazi hakuna kuna alisema
        bado pia tu huyu hawa wale yule
        huduma yenu mbaya sana nimengoja nimesubiri siku tatu mbili mtandao wenu chini shida pesa yangu tafadhali simu habari
        bidhaa duka chakula kizuri kibaya napenda sipendi haraka polepole ndege basi saa wiki mwezi""",
    "ca": """i el la els les un una de del que és no en amb per a al als es ho hi ja molt més però com quan on perquè
        jo tu ell ella nosaltres vosaltres ells meu teva seu aquest aquesta això allò són està estan tinc tens té tenim
        avui demà gràcies mai sempre bé malament altra vegada sense fins dins
        tren torna anar retard ningú diu res hora hores dia dies setmana servei client diners comanda encara espero esperant
        resposta millor pitjor vergonya molt gran avui vosaltres teniu feu gent nostre vostre quina quin""",
    "fa": """و در به از که این را با است برای آن یک خود تا کرد بر هم نیز گفت می شود اما یا شد من تو او ما شما آنها چه
        چرا چگونه کجا خیلی خوب بد هرگز همیشه امروز فردا ممنون دوباره نیست هست بود باید اگر هر همه هیچ دارد داریم""",
    "ur": """اور کے میں ہے کی سے کا کو یہ نے پر کہ ہیں نہیں بھی تھا ایک اس جو تو وہ ہو گیا کر ہم آپ مجھے کیا کیوں کیسے
        کہاں بہت اچھا برا کبھی ہمیشہ آج کل شکریہ پھر تھے تھی ہوں لیے ساتھ بعد اگر لیکن یا سب کچھ""",
}
