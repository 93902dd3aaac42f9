"""What passwords are commonly made of: chosen here because attackers begin with them."""

from __future__ import annotations

#: Alphabets, keyboard rows and zigzags; a password that walks along them, either way, is a sequence.
WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
    "1q2w3e4r5t6y7u8i9o0p",
    "1a2z3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1aqw2zsx3edc4rfv5tgb6yhn7uj",
    "qazwsxedcrfvtgbyhnujm",
    "aqwzsxedcrfvtgbyhnujkl",
)

#: A password whose letters are one, two or three of these, whatever figures and signs stand around, is common.
WORDS = frozenset(
    """
    a aaaa abc abcd acces access accueil adm admin administrateur administration administrator alexandre alexis
    alpha amour amoureuse amoureux ananas ange anthony asdf avril azerty azertyuiop banane baseball basketball
    batman beau beaute bebe belle bienvenu bienvenue bonheur bonjour bonsoir bureau canada canadien canadiens chanel
    change changeme changemoi changer chat chaton cheri cherie chien chocolat chouchou coeur compte computer coucou
    danger daniel decembre default defaut demo dev dimanche doudou dragon ecole equipe essai ete example exemple
    facebook famille fenetre fevrier football forever francais france freedom fromage gabriel gentil google hello
    hiver hockey iloveyou internet invite is it jaime janvier jeremy jesus jetaime jeudi johnny jordan juillet juin
    jump justin killer la lapin laval lavie le les letmein linkedin login loulou love lundi lune ma maison maitre
    maman manger mardi marie marine marseille martin master matrix maxime mercredi merde mes michael michel minou
    moi mon monamour monkey montreal mot motdepasse motsdepasse mustang my naruto nathalie nicolas ninja nintendo
    nouveau novembre octobre oiseau orange ordinateur original pantoufle papa paris parole pass passe passer passw
    passwd password passwort patate philippe phrase pirate pokemon police portugal poulet poupee princess princesse
    printemps projet puppy qazwsx quebec qwer qwert qwerty qwertyuiop qwertz recension recherche robert root saint
    salut samedi samsung sandrine sarah secret securite security septembre server serveur service shadow snoopy
    soleil sophie starwars sunshine superman superstar sysadmin system systeme temp temporaire test teste tester
    testing thomas tigre toor toto trustno trustnoone tulipe universite university user utilisateur vacances
    vendredi victor vincent voiture welcome windows winter xbox xyz your zaq
    """.split()  # noqa: SIM905
)
